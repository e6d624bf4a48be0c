import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { echoOf, sha256 } from './echo.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()
const echo = (): string => here.url('/echo?a=1&b=%20x')
const path = '/echo?a=1&b=%20x'
const post = { method: 'POST', headers: { 'x-test': 'init' }, body: 'of init' }

describe.each(subjects)('$name: the input', ({ wrap }) => {
  const fetch = wrap(platform)

  it('is a string', async () => {
    expect(await echoOf(fetch(echo()))).toMatchObject({ method: 'GET', path, length: 0 })
  })

  it('is a URL', async () => {
    expect(await echoOf(fetch(new URL(echo())))).toMatchObject({ method: 'GET', path, length: 0 })
  })

  it('is anything that says a URL', async () => {
    const input: object = { toString: echo }
    expect(await echoOf(Reflect.apply(fetch, undefined, [input]))).toMatchObject({ method: 'GET', path })
  })

  it('is a string, with an init', async () => {
    const told = await echoOf(fetch(echo(), post))
    expect(told).toMatchObject({ method: 'POST', headers: { 'x-test': 'init' }, sha256: sha256('of init') })
  })

  it('is a URL, with an init', async () => {
    const told = await echoOf(fetch(new URL(echo()), post))
    expect(told).toMatchObject({ method: 'POST', headers: { 'x-test': 'init' }, sha256: sha256('of init') })
  })

  it('is a Request', async () => {
    const request = new Request(echo(), { method: 'PUT', headers: { 'x-test': 'request' }, body: 'of request' })
    const told = await echoOf(fetch(request))
    expect(told).toMatchObject({ method: 'PUT', path, headers: { 'x-test': 'request' }, sha256: sha256('of request') })
  })

  it('is a Request without a body', async () => {
    const request = new Request(echo(), { method: 'DELETE', headers: { 'x-test': 'request' } })
    expect(await echoOf(fetch(request))).toMatchObject({
      method: 'DELETE',
      headers: { 'x-test': 'request' },
      length: 0,
    })
  })

  it('is a Request, of which an init replaces what it names', async () => {
    const request = new Request(echo(), { method: 'PUT', headers: { 'x-test': 'request' }, body: 'of request' })
    const told = await echoOf(fetch(request, { headers: { 'x-other': 'init' } }))
    expect(told).toMatchObject({ method: 'PUT', headers: { 'x-other': 'init' }, sha256: sha256('of request') })
    expect(told.headers).not.toHaveProperty('x-test')
  })

  it('is a Request, whose body an init replaces', async () => {
    const request = new Request(echo(), { method: 'PUT', body: 'of request' })
    expect(await echoOf(fetch(request, { body: 'of init' }))).toMatchObject({ sha256: sha256('of init') })
  })

  it('is a Request, whose method an init replaces', async () => {
    const request = new Request(echo(), { method: 'PUT' })
    expect(await echoOf(fetch(request, { method: 'PATCH' }))).toMatchObject({ method: 'PATCH' })
  })

  it('arrives at the fetch below as the URL, or as the text of it', async () => {
    const inner = scriptedFetch()
    await wrap(inner)(new URL('http://a.test/path'), { method: 'DELETE' })
    expect(inner.calls.map(({ input }) => String(input))).toEqual(['http://a.test/path'])
  })

  it.each(['string', 'Request'])('arrives at the fetch below as the very %s', async (form) => {
    const text = 'http://a.test/path'
    const input = form === 'Request' ? new Request(text) : text
    const inner = scriptedFetch()
    await wrap(inner)(input, { method: 'DELETE' })
    expect(inner.calls).toHaveLength(1)
    expect(inner.calls[0]?.input).toBe(input)
  })
})
