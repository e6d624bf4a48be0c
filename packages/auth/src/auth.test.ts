import { getEventListeners } from 'node:events'
import { compose, type Fetch, type FetchInit } from '@steadfetch/core'
import { redirects } from '@steadfetch/redirects'
import { networkError, type Reply, type ScriptedFetch, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { describe, expect, it, vi } from 'vitest'
import {
  type Authorization,
  type AuthRequest,
  type AuthScheme,
  apiKey,
  auth,
  basic,
  bearer,
  clientCredentials,
  digest,
  UnreplayableBodyError,
} from './auth.ts'

expectNoUnhandledRejection()

const here = 'https://api.test'
const secret = 'canary-token'
const layer = auth(bearer({ token: secret, origins: here }))

/** The header of every call that came to the fetch below. */
function sentHeaders(inner: ScriptedFetch, name = 'authorization'): (string | null)[] {
  return inner.calls.map(({ input, init }) =>
    new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined)).get(name),
  )
}

const sentUrls = (inner: ScriptedFetch): string[] =>
  inner.calls.map(({ input }) => (input instanceof Request ? input.url : String(input)))

function leadingTo(location: string, status = 302): Reply {
  return () => new Response(null, { status, headers: { location } })
}

/** A scheme that is refused until its count has come to `accepted`. */
function counting(accepted: number): AuthScheme & { readonly requests: AuthRequest[] } {
  const requests: AuthRequest[] = []
  const next = (): Authorization => ({ headers: { authorization: String(requests.length) } })
  return {
    name: 'counting',
    origins: here,
    requests,
    authorize: (request) => {
      requests.push(request)
      return next()
    },
    refused: (_, request, sent) => {
      if (sent?.headers?.authorization === String(accepted)) return undefined
      requests.push(request)
      return next()
    },
  }
}

/** Answers 401 until it is sent that header. */
function guarded(accepted: string): ScriptedFetch {
  const answer = (_: unknown, init?: RequestInit): Response => {
    const isAccepted = new Headers(init?.headers).get('authorization') === accepted
    return new Response('a body', { status: isAccepted ? 200 : 401 })
  }
  return scriptedFetch(answer)
}

describe('the scheme', () => {
  it.each([
    [basic({ username: 'u', password: secret }), 'basic({ username, password, '],
    [bearer({ token: secret }), 'bearer({ token, '],
    [digest({ username: 'u', password: secret }), 'digest({ username, password, '],
    [apiKey({ name: 'x-key', value: secret }), 'apiKey({ name, value, '],
    [
      clientCredentials({ tokenUrl: 'https://as.test', clientId: 'i', clientSecret: secret }),
      'clientCredentials({ tokenUrl, clientId, clientSecret, ',
    ],
  ])('of a layer must say where its credentials may go: $name', (scheme, mend) => {
    const message = `auth: ${scheme.name} needs origins, as in ${mend}origins: 'https://api.example.com' }): where may the credentials go?`
    expect(() => auth(scheme)).toThrow(new TypeError(message))
  })

  it('of your own must say so too', () => {
    expect(() => auth({ name: 'mine', authorize: () => undefined })).toThrow(
      "auth: mine needs origins, as in { ...scheme, origins: 'https://api.example.com' }: where may the credentials go?",
    )
  })

  it.each([undefined, null, true, secret, {}, { name: 'x' }, { authorize: () => undefined }])(
    'is refused when it is none: %j',
    async (scheme) => {
      expect(() => Reflect.apply(auth, undefined, [scheme])).toThrow(/^auth: a scheme must be one such as bearer/)
      if (scheme === undefined) return
      const inner = scriptedFetch()
      await expect(Reflect.apply(layer(inner), undefined, [here, { auth: scheme }])).rejects.toThrow(TypeError)
      expect(inner.calls).toHaveLength(0)
    },
  )

  it('has origins that are some', () => {
    expect(() => auth({ name: 'mine', origins: 'api.test', authorize: () => undefined })).toThrow(
      'auth: origins of mine must be origins such as',
    )
  })

  it('comes with a fetch that is one', () => {
    expect(() => Reflect.apply(layer, undefined, [here])).toThrow('auth: fetch must be a function')
  })
})

describe('credentials', () => {
  it('go to their origins and nowhere else', async () => {
    const inner = scriptedFetch()
    const fetch = layer(inner)
    const urls = [here, `${here}:443/path`, 'http://api.test', 'https://api.test:444', 'https://a.api.test', 'data:,a']
    for (const url of urls) await fetch(url)
    const sent = `Bearer ${secret}`
    expect(sentHeaders(inner)).toEqual([sent, sent, null, null, null, null])
  })

  it('of one call take the place of the layer’s, and are bound to the origin of that call', async () => {
    const inner = scriptedFetch(
      leadingTo('/next'),
      leadingTo('http://other.test/'),
      leadingTo('http://mine.test/'),
      200,
    )
    await layer(inner)('http://mine.test/', { auth: basic({ username: 'u', password: 'p' }) })
    expect(sentHeaders(inner)).toEqual(['Basic dTpw', 'Basic dTpw', null, 'Basic dTpw'])
  })

  it('of one call go where they say themselves', async () => {
    const inner = scriptedFetch()
    await layer(inner)('http://mine.test/', { auth: bearer({ token: 't', origins: 'http://other.test' }) })
    expect(sentHeaders(inner)).toEqual([null])
  })

  it('are not sent by a call that turns them off, whose redirects are left to the fetch below', async () => {
    const inner = scriptedFetch()
    const init = { auth: false as const, cache: 'no-store' as const }
    await layer(inner)(here, init)
    expect(inner.calls[0]?.init).toEqual({ cache: 'no-store' })
    expect(init).toHaveProperty('auth', false)
  })

  it('of an undefined per-call option are those of the layer', async () => {
    const inner = scriptedFetch()
    await Reflect.apply(layer(inner), undefined, [here, { auth: undefined }])
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`])
    expect(inner.calls[0]?.init).not.toHaveProperty('auth')
  })

  it('keep out of the way of a header of the caller’s own, for the whole of its call', async () => {
    const refused = vi.fn()
    const scheme = { ...counting(1), header: 'Authorization', refused }
    const inner = scriptedFetch(leadingTo('http://other.test/'), leadingTo(here), 401)
    const response = await auth(scheme)(inner)(here, { headers: [['AUTHORIZATION', 'mine']] })
    expect(response.status).toBe(401)
    expect(sentHeaders(inner)).toEqual(['mine', null, null])
    expect(scheme.requests).toHaveLength(0)
    expect(refused).not.toHaveBeenCalled()
  })

  it('keep out of its way without having named theirs', async () => {
    const inner = scriptedFetch(401)
    const response = await auth(counting(9))(inner)(new Request(here, { headers: { authorization: 'mine' } }))
    expect(response.status).toBe(401)
    expect(sentHeaders(inner)).toEqual(['mine'])
  })

  it('of two layers go each to its own', async () => {
    const inner = scriptedFetch(leadingTo('https://b.test/'), 200)
    const both = compose(layer, auth(bearer({ token: 'b', origins: ['https://b.test', here] })))
    await both(inner)(here)
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`, 'Bearer b'])
  })
})

describe('a redirect', () => {
  it('to another origin loses them, and back again has them', async () => {
    const inner = scriptedFetch(leadingTo('http://other.test/'), leadingTo(`${here}/end`, 307), 200)
    const response = await layer(inner)(here, { headers: { 'x-test': 'yes' } })
    expect(sentUrls(inner)).toEqual([here, 'http://other.test/', `${here}/end`])
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`, null, `Bearer ${secret}`])
    expect(sentHeaders(inner, 'x-test')).toEqual(['yes', 'yes', 'yes'])
    expect(response.redirected).toBe(true)
  })

  it.each(['manual', 'error'] as const)('is not followed by a call that says %s', async (redirect) => {
    const inner = scriptedFetch(leadingTo('http://other.test/'))
    const response = await layer(inner)(new Request(here, { redirect }))
    expect(response.status).toBe(302)
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`])
  })

  it.each([
    ['outside', compose(redirects(), layer)],
    ['inside', compose(layer, redirects())],
  ])('is followed once with a redirects %s', async (_, both) => {
    const inner = scriptedFetch(leadingTo('http://other.test/'), leadingTo(`${here}/end`), 200)
    await both(inner)(here, { redirects: { max: 5 } })
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`, null, `Bearer ${secret}`])
    expect(inner.calls.map(({ init }) => init && 'redirects' in init)).toEqual([false, false, false])
  })

  it('leaves an option of redirects to the layers below', async () => {
    const inner = scriptedFetch(leadingTo('/next'), 200)
    const init: FetchInit & { redirects: unknown } = { redirects: { of: 'somebody else' } }
    await layer(inner)(here, init)
    expect(inner.calls.map(({ init }) => Reflect.get(init ?? {}, 'redirects'))).toEqual([
      init.redirects,
      init.redirects,
    ])
  })

  it('that the platform hides is an error that says so', async () => {
    const hidden = new Response(null)
    Object.defineProperty(hidden, 'type', { value: 'opaqueredirect' })
    const calling = layer(scriptedFetch(() => hidden))(here)
    await expect(calling).rejects.toMatchObject({ name: 'InvalidRedirectError' })
  })
})

describe('a 401', () => {
  it('leads to the same request again, with what the scheme gives in its place', async () => {
    const scheme = counting(2)
    const inner = guarded('2')
    const response = await auth(scheme)(inner)(`${here}/a?b#c`, { method: 'patch', body: 'x', headers: { a: 'b' } })
    expect(response.status).toBe(200)
    expect(sentHeaders(inner)).toEqual(['1', '2'])
    expect(inner.calls.map(({ init }) => [init?.method, init?.body, new Headers(init?.headers).get('a')])).toEqual([
      ['patch', 'x', 'b'],
      ['patch', 'x', 'b'],
    ])
    expect(scheme.requests).toMatchObject([
      { method: 'patch', refusals: 0 },
      { method: 'patch', refusals: 0 },
    ])
    expect(scheme.requests[0]?.url.href).toBe(`${here}/a?b`)
  })

  it('stands after five further requests, with its body unread', async () => {
    const scheme = counting(-1)
    const inner = guarded('never')
    const response = await auth(scheme)(inner)(here)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('a body')
    expect(sentHeaders(inner)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(scheme.requests.map(({ refusals }) => refusals)).toEqual([0, 0, 1, 2, 3, 4])
  })

  it('stands where the scheme has nothing to say of it', async () => {
    const inner = scriptedFetch(401)
    const response = await layer(inner)(here)
    expect(await response.text()).toBe('status 401')
    expect(inner.calls).toHaveLength(1)
  })

  it('from elsewhere stands', async () => {
    const inner = scriptedFetch(401)
    await auth(counting(9))(inner)('http://other.test')
    expect(inner.calls).toHaveLength(1)
  })

  it('is thrown away, and the connection is free again', async () => {
    const cancelled = vi.fn()
    const body = (): ReadableStream => new ReadableStream({ cancel: cancelled })
    const refusal = (): Response => new Response(body(), { status: 401, headers: { 'content-length': '1000000' } })
    await auth(counting(2))(scriptedFetch(refusal, 200))(here)
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('is thrown away where the scheme fails over it', async () => {
    const cancelled = vi.fn()
    const refusal = (): Response =>
      new Response(new ReadableStream({ cancel: cancelled }), { status: 401, headers: { 'content-length': '1000000' } })
    const failure = new Error('of the scheme')
    const scheme = { ...counting(9), refused: () => Promise.reject(failure) }
    await expect(auth(scheme)(scriptedFetch(refusal))(here)).rejects.toBe(failure)
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('leads to nothing where the new header is in the way of the caller’s', async () => {
    const inner = scriptedFetch(401)
    const scheme: AuthScheme = {
      name: 'late',
      origins: here,
      authorize: () => undefined,
      refused: () => ({ headers: { authorization: 'ours' } }),
    }
    await auth(scheme)(inner)(here, { headers: { authorization: 'mine' } })
    expect(sentHeaders(inner)).toEqual(['mine'])
  })

  it('does not come of other statuses', async () => {
    for (const status of [200, 400, 403, 407, 500]) {
      const inner = scriptedFetch(status)
      await auth(counting(9))(inner)(here)
      expect(inner.calls).toHaveLength(1)
    }
  })
})

describe('a body', () => {
  const twice = (): { fetch: Fetch; bodies: string[] } => {
    const bodies: string[] = []
    const inner: Fetch = async (input, init) => {
      const request = new Request(input, init)
      bodies.push(await request.text())
      return new Response(null, { status: request.headers.get('authorization') === '2' ? 200 : 401 })
    }
    return { fetch: auth(counting(2))(inner), bodies }
  }

  it('of a Request is sent again, whole', async () => {
    const { fetch, bodies } = twice()
    const body = 'x'.repeat(1_000_000)
    const response = await fetch(new Request(here, { method: 'POST', body, headers: { 'x-test': 'yes' } }))
    expect(response.status).toBe(200)
    expect(bodies.map((text) => text === body)).toEqual([true, true])
  })

  it.each([
    ['a stream', () => ({ method: 'POST', body: new Blob(['abc']).stream(), duplex: 'half' as const })],
    ['a large Request', () => new Request(here, { method: 'POST', body: 'x'.repeat(1_100_000) })],
  ])('that is %s is an error that names the mend, and nothing is sent again', async (_, made) => {
    const { fetch, bodies } = twice()
    const of = made()
    const calling = of instanceof Request ? fetch(of) : fetch(`${here}/path?secret`, of)
    const error = await calling.catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnreplayableBodyError)
    expect(String(error)).toMatch(
      /^UnreplayableBodyError: auth: https:\/\/api\.test\/(path)? answered 401, and the body can be sent only once: make the call again/,
    )
    expect(bodies).toHaveLength(1)
    expect(bodies[0]?.length).toBeOneOf([3, 1_100_000])
  })

  it.each(['a failure', 'an abort'])('that is a stream is cancelled by %s before it is sent', async (why) => {
    const failure = new Error('of the scheme')
    const scheme = { ...counting(9), authorize: () => Promise.reject(failure) }
    const init = why === 'an abort' ? { signal: AbortSignal.abort(failure) } : {}
    for (const redirect of ['follow', 'manual'] as const) {
      const cancelled = vi.fn()
      const body = new ReadableStream({ cancel: cancelled })
      const stream = { method: 'POST', body, duplex: 'half' as const, redirect }
      const inner = scriptedFetch()
      await expect(auth(scheme)(inner)(here, { ...stream, ...init })).rejects.toBe(failure)
      expect(cancelled).toHaveBeenCalledExactlyOnceWith(failure)
      expect(inner.calls).toHaveLength(0)
    }
  })

  it('of a Request is used up by a call that fails before it is sent, as the platform has it', async () => {
    const scheme = { ...counting(9), authorize: () => Promise.reject(new Error('of the scheme')) }
    for (const fetch of [auth(scheme)(scriptedFetch()), globalThis.fetch]) {
      const request = new Request(here, { method: 'POST', body: 'x', redirect: 'manual' })
      await expect(
        fetch(request, { signal: fetch === globalThis.fetch ? AbortSignal.abort() : null }),
      ).rejects.toThrow()
      expect(request.bodyUsed).toBe(true)
    }
  })

  it('of a Request is not touched where init has another one', async () => {
    const scheme = { ...counting(9), authorize: () => Promise.reject(new Error('of the scheme')) }
    const request = new Request(here, { method: 'POST', body: 'x', redirect: 'manual' })
    await expect(auth(scheme)(scriptedFetch())(request, { body: 'y' })).rejects.toThrow('of the scheme')
    expect(await request.text()).toBe('x')
  })

  it('that has been sent is left to the fetch below', async () => {
    const cancelled = vi.fn()
    const body = new ReadableStream({ cancel: cancelled })
    const failing = layer(scriptedFetch(networkError('ECONNRESET')))
    const stream = { method: 'POST', body, duplex: 'half' as const }
    await expect(failing(here, stream)).rejects.toThrow('fetch failed')
    expect(cancelled).not.toHaveBeenCalled()
  })

  it('of a Request is not kept when the call is over', async () => {
    const init = { method: 'POST', body: new ReadableStream(), duplex: 'half', redirect: 'manual' as const }
    const request = new Request(here, init)
    await auth(counting(1))(scriptedFetch())(request)
    // It would wait for the copy to be let go.
    await request.body?.cancel()
  })

  it('of a Request is not copied for a scheme that never sends it again', async () => {
    const clone = vi.spyOn(Request.prototype, 'clone')
    const request = new Request(here, { method: 'POST', body: 'x', redirect: 'manual' })
    await layer(scriptedFetch())(request)
    expect(clone).not.toHaveBeenCalled()
    clone.mockRestore()
  })
})

describe('what the caller gave', () => {
  it('stays as it was', async () => {
    const headers = new Headers({ 'x-test': 'yes' })
    const init = Object.freeze({ method: 'POST', headers, body: 'x', auth: bearer({ token: 't' }) })
    const inner = scriptedFetch(401)
    await auth(counting(9))(inner)(here, init)
    expect([...headers]).toEqual([['x-test', 'yes']])
    expect(inner.calls[0]?.init).toMatchObject({ method: 'POST', body: 'x' })
    expect(inner.calls[0]?.init).not.toHaveProperty('auth')
  })

  it('may be headers that can be read only once', async () => {
    for (const redirect of ['follow', 'manual'] as const) {
      const headers = new Map([['x-test', 'yes']]).entries()
      const inner = guarded('3')
      const init: object = { headers, redirect }
      await auth(counting(3))(inner)(here, init)
      expect(sentHeaders(inner, 'x-test')).toEqual(['yes', 'yes', 'yes'])
    }
  })

  it('arrives as it is where no credentials go', async () => {
    const inner = scriptedFetch()
    const input = new Request('http://other.test/')
    await layer(inner)(input, { headers: { 'X-Case': 'as it is' } })
    expect(inner.calls[0]?.input).toBe(input)
    expect(inner.calls[0]?.init?.headers).toEqual({ 'X-Case': 'as it is' })
  })

  it('is a Request that arrives as it is, its headers beside it', async () => {
    const inner = scriptedFetch()
    const input = new Request(here, { headers: { 'x-test': 'yes' } })
    await layer(inner)(input)
    expect(inner.calls[0]?.input).toBe(input)
    expect(sentHeaders(inner, 'x-test')).toEqual(['yes'])
    expect(sentHeaders(inner)).toEqual([`Bearer ${secret}`])
  })

  it('is left to the platform where it is no URL', async () => {
    const inner = scriptedFetch()
    await layer(inner)('http://')
    expect(inner.calls).toEqual([expect.objectContaining({ input: 'http://', init: undefined })])
  })

  it('is a signal whose reason comes back, while the scheme is thinking, before and after', async () => {
    const never = new Promise<undefined>(() => {})
    const thinking: AuthScheme = { name: 'thinking', origins: here, authorize: () => never }
    const judging: AuthScheme = { ...counting(9), refused: () => never }
    for (const scheme of [thinking, judging]) {
      for (const reason of [new Error('mine'), 'text', null, { an: 'object' }]) {
        const caller = new AbortController()
        const calling = auth(scheme)(scriptedFetch(401))(here, { signal: caller.signal })
        const failing = calling.catch((error: unknown) => [error])
        await new Promise((done) => setImmediate(done))
        caller.abort(reason)
        expect(await failing).toEqual([reason])
        await expect(auth(scheme)(scriptedFetch(401))(here, { signal: caller.signal })).rejects.toBe(reason)
        expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
      }
    }
  })
})

describe('what comes back', () => {
  it('is the very response and the very error', async () => {
    const made = new Response('made')
    expect(await layer(scriptedFetch(() => made))(here)).toBe(made)
    const error = networkError('ECONNRESET')
    await expect(layer(scriptedFetch(error))(here)).rejects.toBe(error)
  })

  it('shows the layer in the stack of an error from below', async () => {
    for (const scheme of [counting(9), bearer({ token: async () => 't', origins: here })]) {
      const failing = (): Promise<Response> => Promise.reject(new Error('from below'))
      const error = await auth(scheme)(failing)(here).catch((reason: Error) => reason)
      expect(error).toMatchObject({ message: 'from below', stack: expect.stringMatching(/at (async )?auth /) })
    }
  })

  it('is an error where the fetch below forgets to answer', async () => {
    const forgetful = Reflect.apply(layer, undefined, [async () => undefined])
    await expect(forgetful(here)).rejects.toThrow('fetch must return a Response, got undefined')
  })
})

describe('a scheme of your own', () => {
  it('is told of what is no 401, and by what it was sent', async () => {
    const answered = vi.fn()
    const scheme = { ...counting(9), answered }
    const response = await auth(scheme)(scriptedFetch(204))(here)
    expect(answered).toHaveBeenCalledExactlyOnceWith(response, expect.objectContaining({ method: 'GET' }), {
      headers: { authorization: '1' },
    })
  })

  it('makes calls of its own past the layer', async () => {
    const inner = scriptedFetch()
    const authorize = async ({ fetch }: AuthRequest): Promise<undefined> => {
      await fetch('https://elsewhere.test/')
    }
    await auth({ name: 'calling', origins: here, authorize })(inner)(here)
    expect(sentUrls(inner)).toEqual(['https://elsewhere.test/', here])
  })

  it.each([secret, 7, null])('that comes to %j is an error without it', async (odd) => {
    const scheme = { ...counting(9), authorize: () => odd } as unknown as AuthScheme
    const error = await auth(scheme)(scriptedFetch())(here).catch(String)
    expect(error).toBe(
      `TypeError: auth: counting must come to { headers, url } or to undefined, got ${odd === null ? 'null' : typeof odd}`,
    )
  })

  it.each(['authorization', 'odd name'])(
    'whose header cannot be sent is an error without its value: %s',
    async (name) => {
      const scheme = { ...counting(9), authorize: () => ({ headers: { [name]: `${secret}\n\u{1F600}` } }) }
      const inner = scriptedFetch()
      const error = await auth(scheme)(inner)(here).catch(String)
      expect(error).toMatch(/^TypeError: auth: counting/)
      expect(error).not.toContain(secret)
      expect(inner.calls).toHaveLength(0)
    },
  )

  it('is given the method as it goes out', async () => {
    const scheme = counting(9)
    const fetch = auth(scheme)(scriptedFetch())
    for (const method of ['get', 'Post', 'patch', 'PATCH', 'x-Own']) await fetch(here, { method })
    expect(scheme.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'patch', 'PATCH', 'x-Own'])
  })
})
