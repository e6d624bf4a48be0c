import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { compose, deadlineOf, errorKind, type Fetch, setDeadline } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { type Reply, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  historyOf,
  InvalidRedirectError,
  type RedirectEvent,
  type RedirectsOptions,
  redirects,
  TooManyRedirectsError,
  UnreplayableBodyError,
} from './redirects.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())
expectNoUnhandledRejection()

const url = 'http://a.test/start'
const to =
  (location: string, status = 302): Reply =>
  () =>
    new Response(`redirected to ${location}`, { status, headers: { location } })
const following: Fetch = redirects()((input, init) => fetch(input, init))

/** The headers of each call, but for those that say nothing here. */
const headersOf = (fetching: ReturnType<typeof scriptedFetch>): Record<string, string>[] =>
  fetching.calls.map(({ init }) => Object.fromEntries(new Headers(init?.headers)))

describe('options', () => {
  it.each<[unknown, Error]>([
    [7, new TypeError('redirects: options must be an object, got 7')],
    [fetch, new TypeError('redirects: options must be an object, got a function; is it redirects(options)(fetch)?')],
    [
      { limit: 5 },
      new TypeError('redirects: there is no option "limit"; there are max, strip, keep, onRedirect, replay'),
    ],
    [{ max: -1 }, new RangeError('redirects: max must be an integer from 0 on, got -1')],
    [{ max: Infinity }, new RangeError('redirects: max must be an integer from 0 on, got Infinity')],
    [{ strip: 'x-key' }, new TypeError('redirects: strip must be an array of names of headers, got "x-key"')],
    [{ strip: ['x key'] }, new TypeError('redirects: strip must be an array of names of headers, got "x key" in it')],
    [{ keep: [5] }, new TypeError('redirects: keep must be an array of names of headers, got 5 in it')],
    [{ keep: ['Cookie'] }, new TypeError('redirects: keep cannot have "Cookie", which never leaves its origin')],
    [{ keep: ['X-A'], strip: ['x-a'] }, new TypeError('redirects: "X-A" is in both strip and keep')],
    [{ onRedirect: true }, new TypeError('redirects: onRedirect must be a function, got true')],
    [{ replay: 5 }, new TypeError('redirects: replay: options must be an object, got 5')],
    [{ replay: { maxBytes: 0.5 } }, new RangeError('redirects: replay.maxBytes must be an integer from 0 on, got 0.5')],
  ])('refuses %o and names what is wrong', (options, error) => {
    expect(() => Reflect.apply(redirects, undefined, [options])).toThrow(error)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(redirects(), undefined, [url])).toThrow(`redirects: fetch must be a function`)
  })

  it('refuses per-call options by name, and sends nothing', async () => {
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(redirects()(inner), undefined, [url, { redirects: { maximum: 5 } }])
    await expect(calling).rejects.toThrow('redirects: there is no option "maximum"')
    await expect(Reflect.apply(redirects()(inner), undefined, [url, { redirects: true }])).rejects.toThrow(TypeError)
    expect(inner.calls).toHaveLength(0)
  })
})

describe('per-call options', () => {
  it('change those that they name, and go to the outermost layer only', async () => {
    const inner = scriptedFetch(to('/1'), to('/2'), 200)
    const onRedirect = vi.fn()
    const stack = compose(redirects({ onRedirect }), redirects({ max: 0 }))(inner)
    await expect(stack(url, { redirects: { max: 1 } })).rejects.toThrow(TooManyRedirectsError)
    expect(onRedirect).toHaveBeenCalledOnce()
    for (const { init } of inner.calls) expect(init).not.toHaveProperty('redirects')
  })

  it('that are false leave it to the fetch below', async () => {
    const inner = scriptedFetch(to('/1'))
    expect((await redirects()(inner)(url, { redirects: false })).status).toBe(302)
    expect(inner.calls).toEqual([expect.objectContaining({ init: {} })])
    const response = await redirects({ max: 0 })(fetch)(server.url('/redirect?times=3'), { redirects: false })
    expect(response).toMatchObject({ status: 200, redirected: true })
    expect(historyOf(response)).toEqual([])
  })
})

describe('what is followed', () => {
  it.each([
    ['/2#', 'http://a.test/2#'],
    ['/2', 'http://a.test/2#f'],
    ['\u00ef\u00bb\u00bf/x', 'http://a.test/%EF%BB%BF/x#f'],
  ])('to %j lead to where the standard says', async (location, target) => {
    const inner = scriptedFetch(to(location), 200)
    await redirects()(inner)('http://a.test/#f')
    expect(inner.calls[1]?.input).toBe(target)
  })

  it('is each redirect by a call of its own', async () => {
    const inner = scriptedFetch(to('http://b.test/x?y#z', 301), to('end', 308), 200)
    const response = await redirects()(inner)(`${url}#f`)
    expect(inner.calls.map(({ input, init }) => [input, init?.redirect])).toEqual([
      [`${url}#f`, 'manual'],
      ['http://b.test/x?y#z', 'manual'],
      ['http://b.test/end#z', 'manual'],
    ])
    expect(response).toMatchObject({ status: 200, redirected: true })
    expect(historyOf(response)).toEqual([
      { status: 301, from: `${url}#f`, to: 'http://b.test/x?y#z', method: 'GET' },
      { status: 308, from: 'http://b.test/x?y#z', to: 'http://b.test/end#z', method: 'GET' },
    ])
  })

  it.each(['manual', 'error'] as const)('is nothing where the call says %s', async (redirect) => {
    for (const input of [url, new Request(url, { redirect })]) {
      const inner = scriptedFetch(to('/1'))
      const init = typeof input === 'string' ? { redirect } : undefined
      const response = await redirects()(inner)(input, init)
      expect(response.status).toBe(302)
      expect(inner.calls).toEqual([expect.objectContaining({ input, init })])
    }
    const inner = scriptedFetch(to('/1'), 200)
    await redirects()(inner)(new Request(url, { redirect }), { redirect: 'follow' })
    expect(inner.calls).toHaveLength(2)
  })

  it.each([300, 304, 305, 306])('is no %d', async (status) => {
    const inner = scriptedFetch(() => new Response(null, { status, headers: { location: '/1' } }))
    expect((await redirects()(inner)(url)).status).toBe(status)
  })

  it('is nothing without a Location', async () => {
    const response = await redirects()(scriptedFetch(() => new Response('read me', { status: 302 })))(url)
    expect([response.status, response.redirected, await response.text()]).toEqual([302, false, 'read me'])
  })

  it('is nothing where the URL is none: the fetch below says so', async () => {
    await expect(following('no url')).rejects.toThrow('Failed to parse URL')
  })

  it('is what a layer below has made of a relative URL, without credentials for strangers', async () => {
    await using stranger = await startFaultServer()
    const based: Fetch = (input, init) => fetch(new URL(String(input), server.origin), init)
    const told: RedirectEvent[] = []
    const response = await redirects({ onRedirect: (redirect) => void told.push(redirect) })(based)(
      `/redirect-to?url=${encodeURIComponent(stranger.url('/echo'))}`,
      { headers: { 'x-api-key': 'canary', accept: 'a/b' } },
    )
    const { headers } = (await response.json()) as { headers: object }
    expect([headers, told.length]).toEqual([expect.not.objectContaining({ 'x-api-key': 'canary' }), 1])
    expect(headers).toMatchObject({ accept: 'a/b' })
  })

  it('goes to a stranger, where nobody knows who has answered', async () => {
    const inner = scriptedFetch(to('http://b.test/'), 200)
    const response = await redirects()(inner)('/relative', { headers: { authorization: 'canary' } })
    expect(headersOf(inner)[1]).toEqual({})
    expect(historyOf(response)).toEqual([{ status: 302, from: '', to: 'http://b.test/', method: 'GET' }])
    await expect(redirects()(scriptedFetch(to('/1')))('/relative')).rejects.toThrow(
      'a server answered 302, but its Location',
    )
  })

  it('is nothing of another origin where the mode is same-origin, as with the built-in fetch', async () => {
    const url = server.url('/status/307', { location: 'http://localhost:9/' })
    const calls: [string | Request, RequestInit?][] = [
      [url, { mode: 'same-origin' }],
      [new Request(url, { mode: 'same-origin' })],
    ]
    for (const call of calls) {
      await expect(fetch(...call)).rejects.toThrow('fetch failed')
      await expect(following(...call)).rejects.toThrow('another origin is not for a call whose mode is same-origin')
    }
    expect((await following(server.url('/redirect'), { mode: 'same-origin' })).status).toBe(200)
  })

  it('is nothing where the mode is no-cors: the fetch below follows', async () => {
    const inner = scriptedFetch(to('/1'))
    const calls: [string | Request, RequestInit?][] = [
      [url, { mode: 'no-cors' }],
      [new Request(url, { mode: 'no-cors' })],
    ]
    for (const call of calls) {
      expect((await redirects()(inner)(...call)).status).toBe(302)
    }
  })

  it('is told of where the fetch below does it all the same', async () => {
    const disobedient: Fetch = (input, init) => fetch(input, { ...init, redirect: 'follow' })
    const error = await redirects()(disobedient)(server.url('/redirect')).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InvalidRedirectError)
    expect(String(error)).toContain('the fetch below has followed a redirect that it was told not to follow')
    expect((await redirects()(disobedient)(server.url('/json'))).status).toBe(200)
  })

  it('says where headers are none', async () => {
    const mock: Fetch = async () => ({ status: 302, headers: { location: '/1' } }) as unknown as Response
    await expect(redirects()(mock)(url)).rejects.toThrow('redirects: a response needs Headers')
  })

  it.each([
    ['no-referrer', 'no-referrer'],
    ['odd, Origin', 'origin'],
    ['odd', undefined],
  ])('obeys a Referrer-Policy of %j', async (policy, referrerPolicy) => {
    const redirecting = (): Response =>
      new Response(null, { status: 302, headers: { location: '/1', 'referrer-policy': policy } })
    const inner = scriptedFetch(redirecting, 200)
    await redirects()(inner)(url)
    expect(inner.calls[1]?.init?.referrerPolicy).toBe(referrerPolicy)
  })

  it('is what the fetch below has answered, relative to where that was', async () => {
    const inner = scriptedFetch(
      () =>
        Object.defineProperty(new Response(null, { status: 302, headers: { location: 'x' } }), 'url', {
          value: 'http://b.test/y/z',
        }),
      200,
    )
    await redirects()(inner)(url, { headers: { authorization: 'canary' } })
    expect(inner.calls[1]?.input).toBe('http://b.test/y/x')
  })
})

describe('the response', () => {
  it('tells that it was redirected, its clones too, and is the one that the platform made', async () => {
    const made: Response[] = []
    const fetching: Fetch = async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    }
    const response = await redirects()(fetching)(server.url('/redirect?times=2&next=/json'))
    expect(made.at(-1)).toBe(response)
    const clone = response.clone()
    for (const copy of [response, clone, clone.clone()]) {
      expect(copy).toMatchObject({ redirected: true, url: server.url('/json'), type: 'basic' })
      expect(historyOf(copy)).toHaveLength(2)
    }
    expect([await response.json(), await clone.json()]).toEqual([{ ok: true }, { ok: true }])
    expect(Object.keys(response)).toEqual([])
  })

  it('has a history that nobody can change', async () => {
    const history = historyOf(await following(server.url('/redirect')))
    for (const frozen of [history, history[0]]) expect(Object.isFrozen(frozen)).toBe(true)
  })

  it('that was not redirected is left alone', async () => {
    const response = await following(server.url('/json'))
    expect(Reflect.ownKeys(response).filter((key) => typeof key === 'string')).toEqual([])
    expect(historyOf(response)).toEqual([])
  })

  it('says that its type is cors when another origin has answered', async () => {
    await using other = await startFaultServer()
    expect((await following(server.url('/redirect-to', { url: other.url('/json') }))).type).toBe('cors')
  })
})

describe('the limit', () => {
  it('ends a chain with an error that knows the way', async () => {
    const inner = scriptedFetch(to('/round?secret=canary'))
    const error = await redirects({ max: 3 })(inner)(url).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TooManyRedirectsError)
    expect(error).toMatchObject({ name: 'TooManyRedirectsError', max: 3 })
    expect(String(error)).toBe('TooManyRedirectsError: redirects: a further redirect after 3, at http://a.test/round')
    expect((error as TooManyRedirectsError).history.map(({ status }) => status)).toEqual([302, 302, 302])
    expect(errorKind(error)).toBe('redirect')
    expect(inspect(error) + JSON.stringify(error)).not.toContain('canary')
    expect(inner.calls).toHaveLength(4)
  })

  it('of 0 allows none', async () => {
    await expect(redirects({ max: 0 })(scriptedFetch(to('/1')))(url)).rejects.toThrow(TooManyRedirectsError)
    expect((await redirects({ max: 0 })(scriptedFetch(200))(url)).status).toBe(200)
  })
})

describe('a redirect that leads nowhere', () => {
  it.each([
    ['file:///etc/passwd', 'its Location is a file: URL, neither http: nor https:'],
    ['http://[', 'its Location is no URL'],
    ['http://user:canary@b.test/', 'its Location has a user or a password'],
  ])('is an error that says why: %s', async (location, why) => {
    const inner = scriptedFetch(to(location, 307))
    const error = await redirects()(inner)(`${url}?secret=canary`).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InvalidRedirectError)
    expect(String(error)).toBe(`InvalidRedirectError: redirects: http://a.test/start answered 307, but ${why}`)
    expect([errorKind(error), (error as InvalidRedirectError).status, inner.calls.length]).toEqual(['redirect', 307, 1])
  })

  it('is one that the platform hides', async () => {
    const hidden = { status: 0, type: 'opaqueredirect', url: '', headers: new Headers(), body: null }
    const inner: Fetch = async () => hidden as unknown as Response
    await expect(redirects()(inner)(url)).rejects.toThrow('this platform hides redirects, as browsers do')
  })
})

describe('credentials', () => {
  const headers = {
    ...{ authorization: 'a', 'Proxy-Authorization': 'b', cookie: 'c', Host: 'a.test', 'X-API-Key': 'd' },
    ...{ 'x-csrf-token': 'e', 'x-auth': 'f', 'x-plain': 'g', accept: 'h', 'idempotency-key': 'i' },
  }
  const harmless = { 'x-plain': 'g', accept: 'h', 'idempotency-key': 'i' }

  it.each([
    ['host', 'http://b.test/'],
    ['port', 'http://a.test:81/'],
    ['scheme', 'https://a.test/'],
    ['subdomain', 'http://www.a.test/'],
  ])('do not go to another %s, nor come back', async (_, location) => {
    const inner = scriptedFetch(to(location), to(url, 307), 200)
    await redirects()(inner)(url, { headers })
    expect(headersOf(inner).slice(1)).toEqual([harmless, harmless])
    expect(headersOf(inner)[0]).toMatchObject({ authorization: 'a', 'x-api-key': 'd' })
  })

  it('stay on the way through one origin, written out or not', async () => {
    const inner = scriptedFetch(to('/1'), to('http://A.test:80/2'), to('//a.test/3'), 200)
    await redirects()(inner)(url, { headers })
    for (const sent of headersOf(inner)) expect(Object.keys(sent)).toHaveLength(10)
  })

  it('are also what strip names, and not what keep names', async () => {
    const inner = scriptedFetch(to('http://b.test/'), 200)
    const options: RedirectsOptions = { strip: ['X-Plain', 'Accept'], keep: ['X-Api-Key'] }
    await redirects(options)(inner)(url, { headers })
    expect(headersOf(inner)[1]).toEqual({ 'x-api-key': 'd', 'idempotency-key': 'i' })
  })

  it('are the per-call options auth and cookies of the layers below as well', async () => {
    const inner = scriptedFetch(to('/1'), to('http://b.test/'), 200)
    await Reflect.apply(redirects()(inner), undefined, [url, { auth: {}, cookies: { a: 'b' }, retry: {} }])
    const members = inner.calls.map(({ init }) =>
      Object.keys(init ?? {}).filter((key) => /auth|cookies|retry/.test(key)),
    )
    expect(members).toEqual([
      ['auth', 'cookies', 'retry'],
      ['auth', 'cookies', 'retry'],
      ['auth', 'retry'],
    ])
    // Off, or the layer's own credentials would go where somebody else's call was led.
    expect(inner.calls[2]?.init).toMatchObject({ auth: false })
    const off = scriptedFetch(to('http://b.test/'), 200)
    await Reflect.apply(redirects()(off), undefined, [url, { auth: false, cookies: false }])
    expect(off.calls[1]?.init).toMatchObject({ auth: false, cookies: false })
    const bound = scriptedFetch(to('http://b.test/'), 200)
    await Reflect.apply(redirects()(bound), undefined, [url, { auth: { origins: 'http://b.test' } }])
    expect(bound.calls[1]?.init).toMatchObject({ auth: { origins: 'http://b.test' } })
    const named = scriptedFetch(to('http://b.test/'), 200)
    await Reflect.apply(redirects()(named), undefined, [url, { cookies: { origins: 'http://b.test' } }])
    expect(named.calls[1]?.init).not.toHaveProperty('cookies')
  })
})

describe('headers', () => {
  it.each<[string, () => RequestInit['headers']]>([
    ['a record', () => ({ 'x-a': '1' })],
    ['pairs', () => [['x-a', '1']]],
    ['Headers', () => new Headers({ 'x-a': '1' })],
    ['an iterator', () => new Map([['x-a', '1']]).entries() as unknown as [string, string][]],
    ['a frozen record', () => Object.freeze({ 'x-a': '1' })],
  ])('are sent to every hop, and not changed: %s', async (_, made) => {
    const headers = made()
    const inner = scriptedFetch(to('/1'), to('/2'), 200)
    await redirects()(inner)(url, Object.freeze({ headers, method: 'PUT' }) as RequestInit)
    expect(headersOf(inner)).toEqual([{ 'x-a': '1' }, { 'x-a': '1' }, { 'x-a': '1' }])
    if (_ !== 'an iterator') expect(Object.fromEntries(new Headers(headers))).toEqual({ 'x-a': '1' })
  })
})

describe('a body', () => {
  const echo = async (calling: Promise<Response>): Promise<unknown> => (await calling).json()
  const start = (status = 307): string => server.url('/redirect', { status, times: 2, next: '/echo' })

  it('of a Request is sent again in full, with its length and its headers', async () => {
    const request = new Request(start(), { method: 'PUT', body: 'a body', headers: { 'x-a': '1' } })
    const told = await echo(following(request))
    expect(told).toMatchObject({ method: 'PUT', length: 6, headers: { 'content-length': '6', 'x-a': '1' } })
  })

  it('of a Request that becomes a GET is not needed, however long it is', async () => {
    const body = new Uint8Array(2 ** 21)
    expect(await echo(following(new Request(start(303), { method: 'POST', body })))).toMatchObject({ method: 'GET' })
    expect(await echo(following(new Request(start(302), { method: 'POST', body })))).toMatchObject({ method: 'GET' })
  })

  it.each<[string, () => [string | Request, RequestInit?]]>([
    ['a stream', () => [start(), { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit]],
    ['a Request with more than is kept', () => [new Request(start(), { method: 'POST', body: 'x'.repeat(11) })]],
  ])('that can be sent only once is not sent in part: %s', async (_, call) => {
    server.reset()
    const limited = redirects({ replay: { maxBytes: 10 } })((input, init) => fetch(input, init))
    const error = await limited(...call()).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(UnreplayableBodyError)
    expect(String(error)).toMatch(
      /^UnreplayableBodyError: redirects: http:\/\/127.0.0.1:\d+\/redirect answered 307, and/,
    )
    expect([errorKind(error), server.hits()]).toEqual(['invalid-request', 1])
  })

  it('of a redirect is thrown away, and its connection used again', async () => {
    await using own = await startFaultServer()
    for (let call = 0; call < 5; call += 1) {
      const response = await following(own.url('/status/302', { location: '/json', body: 20_000 }))
      await response.text()
      await vi.waitFor(() => expect(own.openExchanges).toBe(0))
    }
    expect(own.socketsSeen).toBeLessThanOrEqual(2)
  })

  it('of a redirect that never ends holds up nobody', async () => {
    const endless = (): Response =>
      new Response(new ReadableStream({ pull: () => new Promise(() => {}) }), {
        status: 302,
        headers: { location: '/1' },
      })
    expect((await redirects()(scriptedFetch(endless, 200))(url)).status).toBe(200)
  })
})

describe('onRedirect', () => {
  it('is told of each, awaited, before it is followed', async () => {
    const order: unknown[] = []
    const onRedirect = async ({ response, ...redirect }: RedirectEvent): Promise<void> => {
      await setImmediate()
      order.push({ ...redirect, header: response.headers.get('location') })
    }
    const inner = scriptedFetch(to('/1', 303), to('/2', 307), 200)
    const noting: Fetch = (input, init) => {
      order.push(String(input))
      return inner(input, init)
    }
    await redirects({ onRedirect })(noting)(url, { method: 'POST', body: 'x' })
    expect(order).toEqual([
      url,
      { status: 303, from: url, to: 'http://a.test/1', method: 'GET', header: '/1' },
      'http://a.test/1',
      { status: 307, from: 'http://a.test/1', to: 'http://a.test/2', method: 'GET', header: '/2' },
      'http://a.test/2',
    ])
  })

  it('can refuse one, with an error of its own', async () => {
    const refusal = new Error('not there')
    for (const refuse of [
      () => Promise.reject(refusal),
      () => {
        throw refusal
      },
    ]) {
      const inner = scriptedFetch(to('http://169.254.169.254/'), 200)
      await expect(redirects({ onRedirect: refuse })(inner)(url)).rejects.toBe(refusal)
      expect(inner.calls).toHaveLength(1)
    }
  })

  it("that never settles ends with the caller's reason", async () => {
    const call = new AbortController()
    const inner = scriptedFetch(to('/1'), 200)
    const calling = redirects({ onRedirect: () => new Promise(() => {}) })(inner)(url, { signal: call.signal })
    await setImmediate()
    call.abort('enough')
    await expect(calling).rejects.toBe('enough')
    expect(inner.calls).toHaveLength(1)
  })
})

describe('the signal', () => {
  it('is one for all hops', async () => {
    const { signal } = new AbortController()
    const inner = scriptedFetch(to('/1'), to('http://b.test/'), 200)
    await redirects()(inner)(url, { signal })
    for (const { init } of inner.calls) expect(init?.signal).toBe(signal)
  })

  it('ends the call between two hops, with its reason untouched', async () => {
    for (const reason of [new Error('enough'), 'enough', 0, null]) {
      const call = new AbortController()
      const inner = scriptedFetch((): Response => {
        call.abort(reason)
        return new Response(null, { status: 302, headers: { location: '/1' } })
      }, 200)
      // A fetch that looks at no signal.
      const careless: Fetch = (input, init) => inner(input, { ...init, signal: null })
      await expect(redirects()(careless)(url, { signal: call.signal })).rejects.toBe(reason)
      expect(inner.calls).toHaveLength(1)
    }
  })

  it('of a Request carries its deadline on, and is followed until the body is over', async () => {
    const call = new AbortController()
    setDeadline(call.signal, 4711)
    const inner = scriptedFetch(to('/1'), 200)
    await redirects()(inner)(url, { signal: call.signal })
    expect(deadlineOf(inner.calls[1]?.init?.signal ?? undefined)).toBe(4711)

    const reading = async (): Promise<string> => {
      const request = new Request(server.url('/redirect?next=/stall'), { signal: call.signal })
      return (await following(request)).text()
    }
    const read = reading()
    const outcome = read.catch((reason: unknown) => reason)
    await vi.waitFor(() => expect(server.openExchanges).toBe(1))
    for (let turn = 0; turn < 5; turn += 1) {
      collectGarbage()
      await setImmediate()
    }
    const reason = new Error('enough')
    call.abort(reason)
    expect(await outcome).toBe(reason)
  })
})
