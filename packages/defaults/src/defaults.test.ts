import { compose, errorKind, type Fetch } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { networkError, type ScriptedFetch, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import * as undici from 'undici'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DefaultsOptions, defaults } from './defaults.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(() => server.close())

const baseUrl = 'https://api.test/v1?version=1'
const headers = { authorization: 'Bearer t', accept: 'a/b' }
const params = { key: 'k', tag: ['a', 'b'] }
const everything: DefaultsOptions = { baseUrl, headers, params }

/** What arrives at the fetch below of a call. */
interface Sent {
  readonly url: string
  readonly headers: object
  readonly init: RequestInit
}

function lastOf(inner: ScriptedFetch): Sent {
  const { input, init } = inner.calls.at(-1) ?? expect.unreachable('nothing was sent')
  const url = typeof input === 'object' && 'url' in input ? input.url : String(input)
  const own = typeof input === 'object' && 'headers' in input ? input.headers : undefined
  return { url, headers: Object.fromEntries(new Headers(init?.headers ?? own)), init: { ...init } }
}

type Call = Parameters<Fetch<{ defaults?: DefaultsOptions | false }>>

async function sent(options: DefaultsOptions, ...call: Call): Promise<Sent> {
  const inner = scriptedFetch()
  await defaults(options)(inner)(...call)
  expect(inner.calls).toHaveLength(1)
  return lastOf(inner)
}

async function refused(options: DefaultsOptions, ...call: Call): Promise<unknown> {
  const inner = scriptedFetch()
  const failure = await defaults(options)(inner)(...call).catch((error: unknown) => error)
  expect(inner.calls).toHaveLength(0)
  return failure
}

describe('options', () => {
  it.each([
    [{ baseUrl: '/v1' }, /^defaults: baseUrl must be/],
    [{ headers: { 'x y': '1' } }, /^defaults: headers has "x y"/],
    [{ params: { a: {} } }, /^defaults: params\["a"\] must be/],
    [{ baseURL: 'https://a.test' }, /^defaults: there is no option "baseURL"/],
    [null, /^defaults: options must be an object, got null/],
    [() => {}, /^defaults: options must be an object, got a function/],
  ])('are refused at once when they are %o', (options, message) => {
    expect(() => Reflect.apply(defaults, undefined, [options])).toThrow(message)
  })

  it('are refused per call too, and nothing is sent', async () => {
    const wrong: object = { params: 'a=1' }
    expect(await refused({}, 'http://a.test/', { defaults: wrong })).toBeInstanceOf(TypeError)
    const none: object = { defaults: null }
    expect(await refused({}, 'http://a.test/', none)).toBeInstanceOf(TypeError)
  })

  it('are copied: what becomes of them later does not matter', async () => {
    const [own, list] = [new Headers({ 'x-a': '1' }), { a: ['1'] }]
    const base = new URL('http://a.test/v1')
    const inner = scriptedFetch()
    const fetch = defaults({ baseUrl: base, headers: own, params: list })(inner)
    own.set('x-a', '2')
    list.a.push('2')
    base.pathname = '/v2'
    await fetch('x')
    expect(lastOf(inner)).toMatchObject({ url: 'http://a.test/v1/x?a=1', headers: { 'x-a': '1' } })
  })

  it('need a fetch below', () => {
    expect(() => Reflect.apply(defaults(), undefined, ['http://a.test'])).toThrow(/^defaults: fetch must be a function/)
  })
})

describe('a relative URL', () => {
  it('is below the base URL, with its query, the params and the headers', async () => {
    expect(await sent(everything, 'users?page=2#f', { headers: { accept: '*/*', 'x-own': '1' } })).toMatchObject({
      url: 'https://api.test/v1/users?page=2&version=1&key=k&tag=a&tag=b#f',
      headers: { authorization: 'Bearer t', accept: '*/*', 'x-own': '1' },
    })
  })

  it.each(['key', 'tag', 'version'])('keeps its own %s', async (name) => {
    const { url } = await sent(everything, `?${name}=own`)
    expect(new URL(url).searchParams.getAll(name)).toEqual(['own'])
  })

  it('has params go before those of the base URL', async () => {
    expect((await sent({ baseUrl, params: { version: 2 } }, '')).url).toBe('https://api.test/v1?version=2')
    expect((await sent({ baseUrl, params: { version: null } }, '')).url).toBe('https://api.test/v1')
  })

  it.each(['..', '../v2', '//evil.test/x', '/\\evil.test'])('is refused as %j, and nothing is sent', async (input) => {
    const error = await refused(everything, input)
    expect(error).toBeInstanceOf(TypeError)
    expect(errorKind(error)).toBe('invalid-request')
  })

  it.each([undefined, null, 5])('is not %s, which is refused', async (input) => {
    const error = await Reflect.apply(defaults({ baseUrl })(scriptedFetch()), undefined, [input]).catch(String)
    expect(error).toMatch(/^TypeError: fetch: the URL must be a string, a URL or a Request/)
  })

  it('without a base URL is for the fetch below to complete', async () => {
    expect(await sent({ headers, params }, ' /users#f ')).toMatchObject({
      url: '/users?key=k&tag=a&tag=b#f',
      headers,
    })
    const inner = scriptedFetch()
    await compose(defaults({ params }), defaults({ baseUrl }))(inner)('users')
    expect(lastOf(inner).url).toBe('https://api.test/v1/users?key=k&tag=a&tag=b&version=1')
  })
})

describe('an absolute URL', () => {
  const extended = 'https://api.test/v1/users?a=1&version=1&key=k&tag=a&tag=b'

  it.each([
    ['string', 'https://api.test/v1/users?a=1'],
    ['URL', new URL('https://api.test/v1/users?a=1')],
    ['Request', new Request('https://api.test/v1/users?a=1')],
  ])('below the base URL gets headers and params: a %s', async (_, input) => {
    expect(await sent(everything, input)).toMatchObject({ url: extended, headers })
  })

  it.each([
    'https://evil.test/v1/users',
    'http://api.test/v1/users',
    'https://api.test:8443/v1/users',
    'https://api.test/v2/users',
    'https://api.test/v10',
    'https://api.test/v1/../admin',
    'https:evil.test',
    ' https://evil.test',
    'ht\ntps://evil.test',
    'https://api.test@evil.test/v1/',
  ])('elsewhere is called as it is, with nothing added: %j', async (input) => {
    const inner = scriptedFetch()
    const init = { method: 'PUT' }
    await defaults(everything)(inner)(input, init)
    expect(inner.calls[0]).toMatchObject({ input, init: { method: 'PUT' } })
    expect(inner.calls[0]?.init).toBe(init)
  })

  it('gets headers and params wherever it is, without a base URL', async () => {
    expect(await sent({ headers, params }, 'https://b.test/x')).toMatchObject({
      url: 'https://b.test/x?key=k&tag=a&tag=b',
      headers,
    })
  })

  it.each(['data:text/plain,x', 'blob:https://a.test/1', 'about:blank', 'localhost:3000/x', 'http://'])(
    'that is not HTTP, or none, is left alone: %s',
    async (input) => {
      for (const options of [everything, { headers, params }]) {
        expect(await sent(options, input)).toMatchObject({ url: input, headers: {} })
      }
    },
  )

  it('that is none fails with the platform’s own error', async () => {
    await expect(defaults(everything)(fetch)('http://')).rejects.toThrow(TypeError)
    await expect(defaults()(fetch)('users')).rejects.toThrow(TypeError)
  })

  it.each(['string', 'URL', 'Request'])('arrives as the very %s where nothing is added to it', async (form) => {
    const text = 'https://api.test/v1/x?key=1&tag&version'
    const input = form === 'URL' ? new URL(text) : form === 'Request' ? new Request(text) : text
    const inner = scriptedFetch()
    await defaults(everything)(inner)(input)
    expect(inner.calls[0]?.input).toBe(input)
  })
})

describe('per-call options', () => {
  it('change what they name', async () => {
    const own = { headers: { Accept: 'c/d' }, params: { tag: 'c', more: true } }
    expect(await sent(everything, 'users', { defaults: own })).toMatchObject({
      url: 'https://api.test/v1/users?version=1&key=k&tag=c&more=true',
      headers: { authorization: 'Bearer t', accept: 'c/d' },
    })
  })

  it('take away what they have null or undefined for', async () => {
    const own = {
      headers: { Accept: null, AUTHORIZATION: undefined },
      params: { tag: null, key: undefined, version: null },
    }
    expect(await sent(everything, 'users', { defaults: own })).toMatchObject({
      url: 'https://api.test/v1/users',
      headers: {},
    })
  })

  it('may have a base URL of their own, whose query is in place of the layer’s', async () => {
    const own = { baseUrl: 'https://b.test/?x=1' }
    expect((await sent(everything, 'users', { defaults: own })).url).toBe('https://b.test/users?x=1&key=k&tag=a&tag=b')
    expect((await sent({ params }, 'users', { defaults: own })).url).toBe('https://b.test/users?x=1&key=k&tag=a&tag=b')
  })

  it('name nothing where they are undefined', async () => {
    const own: object = { baseUrl: undefined, headers: undefined, params: undefined }
    expect((await sent(everything, 'u', { defaults: own })).url).toBe(
      'https://api.test/v1/u?version=1&key=k&tag=a&tag=b',
    )
  })

  it('false turns the layer off for the call', async () => {
    expect(await sent(everything, 'users', { defaults: false })).toEqual({ url: 'users', headers: {}, init: {} })
  })

  it('go to the outermost layer of the name, and not further', async () => {
    const inner = scriptedFetch()
    const init = Object.freeze({ defaults: Object.freeze({ params: { a: null } }) })
    await compose(defaults({ params: { a: 1 } }), defaults({ params: { a: 2, b: 3 } }))(inner)('http://a.test/', init)
    expect(lastOf(inner).url).toBe('http://a.test/?a=2&b=3')
    expect(lastOf(inner).init).not.toHaveProperty('defaults')
  })
})

describe('what the caller passed in', () => {
  it('may be frozen, and stays as it was', async () => {
    const init = Object.freeze({ method: 'POST', headers: Object.freeze({ 'x-own': '1' }), body: 'x' })
    const url = Object.freeze(new URL('https://api.test/v1/users'))
    expect(await sent(everything, url, init)).toMatchObject({ init: { method: 'POST', body: 'x' } })
    expect(url.href).toBe('https://api.test/v1/users')
    expect(init.headers).toEqual({ 'x-own': '1' })
  })

  it('may have headers that can be read only once', async () => {
    const once = Object.entries({ accept: '*/*' }).values() as unknown as [string, string][]
    expect((await sent(everything, 'users', { headers: once })).headers).toMatchObject({ accept: '*/*' })
  })

  it('may be a Request whose headers go before, and of which all goes along', async () => {
    const request = new Request('https://api.test/v1/users', {
      method: 'PUT',
      headers: { accept: 'of/request' },
      body: 'x',
      redirect: 'manual',
    })
    const { url, init, headers: arrived } = await sent(everything, request)
    expect(url).toMatch(/\/users\?version=1&key=k/)
    expect(arrived).toMatchObject({ accept: 'of/request', authorization: 'Bearer t' })
    expect(init).toMatchObject({ method: 'PUT', redirect: 'manual' })
    expect(request.url).toBe('https://api.test/v1/users')
    expect([...request.headers.keys()]).toEqual(['accept', 'content-type'])
  })
})

describe('over the network', () => {
  it('comes to what was asked for', async () => {
    const client = defaults({
      baseUrl: server.url('/echo?base=1'),
      headers: { 'x-test': 'yes' },
      params: { q: 'a b' },
    })(fetch)
    const told = await (await client('?own=%7e#f', { method: 'POST', body: 'x' })).json()
    expect(told).toMatchObject({
      method: 'POST',
      path: '/echo?own=%7e&base=1&q=a+b',
      headers: { 'x-test': 'yes' },
      length: 1,
    })
  })

  it('sends a Request’s body whole, once, and with its length', async () => {
    const client = defaults({ params: { a: 1 } })(fetch)
    const body = 'x'.repeat(100_000)
    const told = await (await client(new Request(server.url('/echo'), { method: 'POST', body }))).json()
    expect(told).toMatchObject({ path: '/echo?a=1', length: 100_000, headers: { 'content-length': '100000' } })
  })

  it('works for the Request of npm undici', async () => {
    const client = defaults({ headers: { 'x-test': 'yes' }, params: { a: 1 } })
    const foreign = client((...call) => Reflect.apply(undici.fetch, undefined, call))
    const request = new undici.Request(server.url('/echo'), { method: 'POST', body: 'x', headers: { 'x-own': '1' } })
    const response: Response = await Reflect.apply(foreign, undefined, [request])
    expect(await response.json()).toMatchObject({
      path: '/echo?a=1',
      headers: { 'x-test': 'yes', 'x-own': '1' },
      length: 1,
    })
  })

  it('is not applied again when the platform follows a redirect', async () => {
    server.reset()
    const client = defaults({ params: { a: 1 } })(fetch)
    await (await client(server.url('/redirect', { next: '/json' }))).text()
    expect(server.requests.map(({ url }) => url)).toEqual(['/redirect?next=%2Fjson&a=1', '/json'])
  })

  it('aborts with the caller’s reason, in the body of the response too', async () => {
    const client = defaults({ params: { after: 5 } })(fetch)
    const controller = new AbortController()
    const request = new Request(server.url('/stall'), { method: 'POST', body: 'x', signal: controller.signal })
    const response = await client(request)
    const failing = response.text().catch((error: unknown) => error)
    const reason = { why: 'enough' }
    controller.abort(reason)
    expect(await failing).toBe(reason)
  })

  it('leaves no listener behind a Request that was sent to another URL', async () => {
    const controller = new AbortController()
    const add = vi.spyOn(controller.signal, 'addEventListener')
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const client = defaults({ params: { a: 1 } })(fetch)
    const request = new Request(server.url('/json'), { method: 'POST', body: 'x' })
    await (await client(request, { signal: controller.signal })).text()
    await vi.waitFor(() => expect(remove.mock.calls).toHaveLength(add.mock.calls.length))
    expect(add).toHaveBeenCalled()
  })
})

describe('once more by a follower outside', () => {
  it('adds nothing that is there', async () => {
    const first = await sent(everything, 'users?a=1', { headers: { accept: '*/*' } })
    const again = await sent(everything, first.url, first.init)
    expect(again).toMatchObject({ url: first.url, headers: first.headers })
  })
})

describe('the outcome', () => {
  it('is the Response that the fetch below made', async () => {
    const made = new Response('made')
    const inner = scriptedFetch(() => made)
    expect(await defaults(everything)(inner)('users')).toBe(made)
    expect(await defaults(everything)(inner)(new Request('https://api.test/v1/', { method: 'POST', body: 'x' }))).toBe(
      made,
    )
  })

  it('is the error of the fetch below', async () => {
    const error = networkError('ECONNRESET')
    const fetch = defaults(everything)(scriptedFetch(error))
    await expect(fetch('users')).rejects.toBe(error)
    await expect(fetch(new Request('https://api.test/v1/', { method: 'POST', body: 'x' }))).rejects.toBe(error)
  })

  it('names a test double that returns nothing', async () => {
    const nothing = (() => Promise.resolve()) as unknown as Fetch
    const request = new Request('https://api.test/v1/', { method: 'POST', body: 'x' })
    await expect(defaults(everything)(nothing)(request)).rejects.toThrow(/^defaults: fetch must return a Response/)
  })

  it('shows this layer in the stack of an error from below', async () => {
    const failing = defaults(everything)(async () => {
      throw new Error('from below')
    })
    const error = await failing('users').catch((thrown: unknown) => thrown)
    expect(Object(error).stack).toMatch(/at (async )?defaults /)
  })
})
