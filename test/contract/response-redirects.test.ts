import { errorKind } from '@steadfetch/core'
import { describe, expect, it } from 'vitest'
import { echoOf } from './echo.ts'
import { failureOf, shapeOf } from './failure.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()

describe.each(subjects)('$name: a redirect', ({ name, wrap, follows }) => {
  const fetch = wrap(platform)

  it('is followed, and the Response says so', async () => {
    const response = await fetch(here.url('/redirect?times=3&next=/json'))
    expect(response).toMatchObject({ status: 200, redirected: true, url: here.url('/json') })
    expect(await response.json()).toEqual({ ok: true })
  })

  it('of 303 turns a POST into a GET', async () => {
    const told = await echoOf(fetch(here.url('/redirect?status=303&next=/echo'), { method: 'POST', body: 'x' }))
    expect(told).toMatchObject({ method: 'GET', length: 0 })
  })

  it('of 307 sends the body again', async () => {
    const told = await echoOf(fetch(here.url('/redirect?status=307&next=/echo'), { method: 'POST', body: 'a body' }))
    expect(told).toMatchObject({ method: 'POST', length: 6 })
  })

  it.each([301, 302, 303, 307, 308])('of %d comes back as it is when it is manual', async (status) => {
    const url = here.url('/redirect', { status, next: '/json' })
    const response = await fetch(url, { redirect: 'manual' })
    expect(response).toMatchObject({ status, type: 'basic', redirected: false, url })
    expect(response.headers.get('location')).toBe('/json')
    expect(await response.text()).toBe('')
  })

  it('fails as it does with the platform when it is an error, and is tried once', async () => {
    const key = `error ${name}`
    const failure = await failureOf(fetch(here.url('/redirect', { key }), { redirect: 'error' }))
    const expected = await failureOf(platform(here.url('/redirect'), { redirect: 'error' }))
    expect(shapeOf(failure)).toEqual(shapeOf(expected))
    expect(here.server.hits(key)).toBe(1)
  })

  it('too many fail as they do with the platform', async () => {
    const key = `too many ${name}`
    const failure = await failureOf(fetch(here.url('/redirect', { times: 30, key })))
    expect([errorKind(failure), here.server.hits(key)]).toEqual(['redirect', 21])
    if (follows) return void expect(failure).toMatchObject({ name: 'TooManyRedirectsError', max: 20 })
    expect(shapeOf(failure)).toEqual(shapeOf(await failureOf(platform(here.url('/redirect?times=30')))))
  })

  it('of a Request that says manual comes back as it is', async () => {
    expect(await fetch(new Request(here.url('/redirect'), { redirect: 'manual' }))).toMatchObject({ status: 302 })
  })
})
