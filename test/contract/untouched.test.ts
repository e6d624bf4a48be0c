import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { echoOf } from './echo.ts'
import { serving } from './serving.ts'
import { control, platform, type Subject, subjects } from './subjects.ts'

const here = serving()

/** What can be seen of an object of the caller's, the very values of its members included. */
function lookOf(value: object): unknown {
  const members = Reflect.ownKeys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)])
  return { prototype: Object.getPrototypeOf(value), frozen: Object.isFrozen(value), members }
}

/** What can be seen of a request. */
function lookOfRequest(request: Request): unknown {
  const { method, url, headers, signal, bodyUsed, redirect, credentials, cache } = request
  return { method, url, headers: [...headers], signal, bodyUsed, redirect, credentials, cache, own: lookOf(request) }
}

async function lookAfter(wrap: Subject['wrap'], request: Request): Promise<unknown> {
  await echoOf(wrap(platform)(request))
  const own = Reflect.ownKeys(request).map(String)
  return { ...Object(lookOfRequest(request)), own, signal: undefined, url: undefined, hasBody: request.body !== null }
}

describe.each(subjects)('$name: what the caller passed in', ({ wrap, options }) => {
  const fetch = wrap(platform)

  it('is an init that stays as it was, and does again', async () => {
    const headers = { 'x-test': 'yes' }
    const body = new Uint8Array([1, 2, 3])
    const { signal } = new AbortController()
    const init = { ...options, method: 'POST', headers, body, signal, custom: { deep: [1] } }
    const before = [lookOf(init), lookOf(headers), structuredClone(init.custom), [...body]]
    const first = await echoOf(fetch(here.url('/echo'), init))
    expect([lookOf(init), lookOf(headers), init.custom, [...body]]).toEqual(before)
    expect(await echoOf(fetch(here.url('/echo'), init))).toEqual(first)
  })

  it('is an init that may be frozen, headers and all', async () => {
    const headers = Object.freeze({ 'x-test': 'yes' })
    const init = Object.freeze({ ...options, method: 'POST', headers, body: 'x' })
    expect(await echoOf(fetch(here.url('/echo'), init))).toMatchObject({ method: 'POST', headers })
  })

  it('is a Headers that stays as it was, and does again', async () => {
    const headers = new Headers([
      ['x-test', 'yes'],
      ['accept', 'a/b'],
    ])
    const before = [...headers]
    const first = await echoOf(fetch(here.url('/echo'), { ...options, headers }))
    expect([...headers]).toEqual(before)
    expect(await echoOf(fetch(here.url('/echo'), { ...options, headers }))).toEqual(first)
  })

  it('is a list of headers that stays as it was', async () => {
    const headers: [string, string][] = [
      ['x-test', 'yes'],
      ['x-test', 'no'],
    ]
    const told = await echoOf(fetch(here.url('/echo'), { ...options, headers }))
    expect(headers).toEqual([
      ['x-test', 'yes'],
      ['x-test', 'no'],
    ])
    expect(told.headers).toMatchObject({ 'x-test': 'yes, no' })
  })

  it('is a URL that stays as it was', async () => {
    const url = new URL(here.url('/echo?a=1#fragment'))
    const { href } = url
    await echoOf(fetch(url, { ...options }))
    expect(url.href).toBe(href)
  })

  it('is a Request without a body that stays as it was, and does again', async () => {
    const request = new Request(here.url('/echo'), { headers: { 'x-test': 'yes' }, redirect: 'manual' })
    const before = lookOfRequest(request)
    const first = await echoOf(fetch(request))
    expect(lookOfRequest(request)).toEqual(before)
    expect(await echoOf(fetch(request))).toEqual(first)
  })

  it('is a Request with a body that is used, and nothing else', async () => {
    const request = (): Request => new Request(here.url('/echo'), { method: 'POST', body: 'a body' })
    expect(await lookAfter(wrap, request())).toEqual(await lookAfter(control.wrap, request()))
  })

  it('is a Request whose clone does again', async () => {
    const request = new Request(here.url('/echo'), { method: 'POST', body: 'a body' })
    const clone = request.clone()
    expect(await echoOf(fetch(request))).toMatchObject({ length: 6 })
    expect(await echoOf(fetch(clone))).toMatchObject({ length: 6 })
  })

  it('is a Request whose body is left to whom the fetch below leaves it', async () => {
    const request = new Request('http://a.test/', { method: 'POST', body: 'a body' })
    await wrap(scriptedFetch())(request)
    expect(request.bodyUsed).toBe(false)
    expect(await request.text()).toBe('a body')
  })

  it('is FormData, URLSearchParams or a Blob that does again', async () => {
    const form = new FormData()
    form.append('name', 'value')
    form.append('file', new File(['contents'], 'a.txt', { type: 'text/plain' }))
    for (const body of [form, new URLSearchParams({ a: '1' }), new Blob(['contents'], { type: 'text/plain' })]) {
      const first = await echoOf(fetch(here.url('/echo'), { ...options, method: 'POST', body }))
      const second = await echoOf(fetch(here.url('/echo'), { ...options, method: 'POST', body }))
      expect(second.length).toBe(first.length)
      expect(first.length).toBeGreaterThan(0)
    }
    expect([...form.keys()]).toEqual(['name', 'file'])
  })
})
