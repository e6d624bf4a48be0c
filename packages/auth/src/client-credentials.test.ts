import { attemptsOf, compose, errorKind, type Fetch } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { type ScriptedCall, type ScriptedFetch, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthError, auth } from './auth.ts'
import { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'

expectNoUnhandledRejection()

const origins = 'https://api.test'
const tokenUrl = 'https://as.test/token?tenant=1'
const options = { tokenUrl, clientId: 'client', clientSecret: 'canary-secret', origins }

interface World {
  /** Calls to the token endpoint, and their parameters. */
  readonly asked: { call: ScriptedCall; headers: Headers; parameters: Record<string, string> }[]
  /** The tokens that came to the API. */
  readonly seen: (string | null)[]
  /** Makes a call to the API. */
  call(url?: string, init?: RequestInit): Promise<Response>
}

/** A token endpoint that answers so, and an API that knows what the last token is. */
function world(
  answer: (count: number) => Response | Promise<Response>,
  more: Partial<ClientCredentialsOptions> = {},
): World {
  const asked: World['asked'] = []
  const seen: World['seen'] = []
  const inner = scriptedFetch((input, init) => {
    const headers = new Headers(init?.headers)
    if (String(input).startsWith('https://as.test/')) {
      const call = inner.calls.at(-1)
      if (call !== undefined) {
        asked.push({ call, headers, parameters: Object.fromEntries(new URLSearchParams(String(init?.body))) })
      }
      return answer(asked.length)
    }
    seen.push(headers.get('authorization'))
    return new Response('of the API', { status: headers.get('authorization') === 'Bearer refused' ? 401 : 200 })
  })
  const fetch = auth(clientCredentials({ ...options, ...more }))(inner)
  return { asked, seen, call: (url = origins, init) => fetch(url, init) }
}

const granted = (more: object = {}): Response => Response.json({ access_token: 'token', token_type: 'Bearer', ...more })

async function errorOf(promise: Promise<unknown>): Promise<AuthError> {
  const error = await promise.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AuthError)
  for (let part: unknown = error; part instanceof Error; part = part.cause) {
    expect(`${part.message} ${part.stack}`).not.toContain('canary')
  }
  return error as AuthError
}

const pairs = 'an object of strings by name, or pairs of a name and a string'

describe('options', () => {
  it.each([
    [{}, "clientCredentials: tokenUrl must be a URL such as 'https://auth.example.com/token'"],
    [{ ...options, tokenUrl: 'as.test' }, 'clientCredentials: tokenUrl must be a URL such as'],
    [{ ...options, tokenUrl: 'https://canary@as.test' }, 'clientCredentials: tokenUrl must be a URL such as'],
    [{ ...options, tokenUrl: 'https://as.test#x' }, 'clientCredentials: tokenUrl must be a URL such as'],
    [{ ...options, clientId: 12345 }, 'clientCredentials: clientId must be a string that is not empty, got number'],
    [{ ...options, clientSecret: '' }, 'clientCredentials: clientSecret must be a string that is not empty'],
    [{ ...options, scope: '' }, 'clientCredentials: scope must be a string that is not empty'],
    [{ ...options, scope: ['a'] }, 'clientCredentials: scope must be a string that is not empty, got object'],
    [{ ...options, parameters: 'a=canary' }, `clientCredentials: parameters must be ${pairs}, got a string`],
    [{ ...options, parameters: ['canary'] }, `clientCredentials: parameters must be ${pairs}, got a string in it`],
    [{ ...options, parameters: [['a']] }, `clientCredentials: parameters must be ${pairs}, got an array in it`],
    [
      { ...options, parameters: new Map([[1, 'a']]) },
      `clientCredentials: parameters must be ${pairs}, got 1 for a name`,
    ],
    [{ ...options, parameters: new Map([['a', 1]]) }, 'clientCredentials: parameters.a must be a string, got number'],
    [
      { ...options, parameters: new URLSearchParams('client_id=a') },
      'clientCredentials: parameters.client_id: there is',
    ],
    [{ ...options, parameters: { a: 1 } }, 'clientCredentials: parameters.a must be a string, got number'],
    [{ ...options, parameters: { scope: 'a' } }, 'clientCredentials: parameters.scope: there is an option of its own'],
    [{ ...options, authentication: 'jwt' }, "clientCredentials: authentication must be 'basic' or 'body', got \"jwt\""],
    [{ ...options, timeout: -1 }, 'clientCredentials: timeout must be a positive number of milliseconds, got -1'],
    [{ ...options, origins: [] }, 'clientCredentials: origins must be an origin'],
    [{ ...options, url: 'x' }, 'clientCredentials: there is no option "url"; there are tokenUrl,'],
  ])('refuses %o, and names what is wrong', (odd, message) => {
    expect(() => Reflect.apply(clientCredentials, undefined, [odd])).toThrow(message)
    expect(() => Reflect.apply(clientCredentials, undefined, [odd])).not.toThrow('canary')
  })
})

describe('the token call', () => {
  it('is as RFC 6749 has it, with id and secret in the header', async () => {
    const { asked, call, seen } = world(() => granted(), {
      clientId: 'a client:ü',
      clientSecret: 's%+&=',
      scope: 'read write',
      parameters: { audience: 'https://api.test/' },
    })
    expect(await (await call()).text()).toBe('of the API')
    expect(seen).toEqual(['Bearer token'])
    expect(asked).toHaveLength(1)
    const [{ call: sent, headers, parameters } = expect.unreachable()] = asked
    expect(sent.input).toBe(tokenUrl)
    expect(sent.init).toMatchObject({ method: 'POST', redirect: 'manual' })
    expect(headers.get('content-type')).toBe('application/x-www-form-urlencoded')
    expect(headers.get('accept')).toBe('application/json')
    expect(headers.get('authorization')).toBe(`Basic ${btoa('a+client%3A%C3%BC:s%25%2B%26%3D')}`)
    expect(parameters).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'https://api.test/',
    })
  })

  it('has id and secret in the body where the server wants that', async () => {
    const { asked, call } = world(() => granted(), { authentication: 'body' })
    await call()
    expect(asked[0]?.headers.has('authorization')).toBe(false)
    expect(asked[0]?.parameters).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'canary-secret',
    })
  })

  it.each([
    ['a URLSearchParams', new URLSearchParams('resource=a&resource=b')],
    ['pairs', [['resource', 'a'] as const, ['resource', 'b'] as const]],
    ['an iterator', [['resource', 'a'] as const, ['resource', 'b'] as const].values()],
  ])('has the parameters of %s, each time', async (_, parameters) => {
    const { asked, call } = world((count) => granted({ access_token: count === 1 ? 'refused' : 'token' }), {
      parameters,
    })
    await call()
    const sent = asked.map(({ call: { init } }) => new URLSearchParams(String(init?.body)).getAll('resource'))
    expect(sent).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('has the parameters of a Map, as they were', async () => {
    const parameters = new Map([['audience', 'a']])
    const { asked, call } = world(() => granted(), { parameters })
    parameters.set('audience', 'b')
    await call()
    expect(asked[0]?.parameters).toEqual({ audience: 'a', grant_type: 'client_credentials' })
  })

  it('is ended when nobody waits for it any more, and the next call makes another one', async () => {
    const { asked, call } = world((count) => (count === 1 ? new Promise(() => {}) : granted()))
    const [one, other] = [new AbortController(), new AbortController()]
    const calls = [one, other].map(({ signal }) => call(origins, { signal }).catch((reason: unknown) => reason))
    const signal = asked[0]?.call.init?.signal
    one.abort('one')
    expect(await calls[0]).toBe('one')
    expect(signal?.aborted).toBe(false)
    other.abort('other')
    expect(await calls[1]).toBe('other')
    expect(signal?.aborted).toBe(true)
    expect((await call()).status).toBe(200)
    expect(asked).toHaveLength(2)
  })

  it('is not made for a call that is over', async () => {
    const { asked, call } = world(() => granted())
    await expect(call(origins, { signal: AbortSignal.abort('over') })).rejects.toBe('over')
    expect(asked).toHaveLength(0)
  })

  it('is not made for a call that is over when it is refused', async () => {
    const caller = new AbortController()
    const refusal = (): Response => {
      caller.abort('over')
      return new Response(null, { status: 401 })
    }
    const inner = scriptedFetch(() => granted(), refusal)
    const fetch = auth(clientCredentials(options))((input, init) => inner(input, { ...init, signal: null }))
    await expect(fetch(origins, { signal: caller.signal })).rejects.toBe('over')
    expect(inner.calls).toHaveLength(2)
  })

  it('is made once for many calls, and not for those that go elsewhere', async () => {
    const { asked, call } = world(() => granted())
    await call('https://other.test')
    expect(asked).toHaveLength(0)
    await Promise.all(Array.from({ length: 100 }, () => call()))
    expect(asked).toHaveLength(1)
  })

  it('is made once more after a 401', async () => {
    const { asked, call, seen } = world((count) => granted({ access_token: count === 1 ? 'refused' : 'token' }))
    expect((await call()).status).toBe(200)
    expect(seen).toEqual(['Bearer refused', 'Bearer token'])
    expect(asked).toHaveLength(2)
  })

  it('lets the 401 stand when it brings the same again', async () => {
    const { call, seen } = world(() => granted({ access_token: 'refused' }))
    expect((await call()).status).toBe(401)
    expect(seen).toEqual(['Bearer refused'])
  })

  it('knows the type of a token whatever its case, and where it is left out', async () => {
    for (const token_type of ['bearer', 'BEARER', undefined]) {
      const { call, seen } = world(() => granted({ token_type }))
      await call()
      expect(seen).toEqual(['Bearer token'])
    }
  })
})

describe('a token that expires', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([
    [3600, 3_590_000],
    ['3600', 3_590_000],
    [12, 6000],
  ])('in %j seconds is used for %i ms, as the answer and the requests take time too', async (expires_in, used) => {
    const { asked, call } = world(() => granted({ expires_in }))
    await call()
    await vi.advanceTimersByTimeAsync(used - 1)
    await call()
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    await Promise.all([call(), call()])
    expect(asked).toHaveLength(2)
  })

  it.each([undefined, null, 0, -1, 'soon'])(
    'at no time that is one is used until it is refused: %j',
    async (expires_in) => {
      const { asked, call } = world(() => granted({ expires_in }))
      await call()
      await vi.advanceTimersByTimeAsync(1e12)
      await call()
      expect(asked).toHaveLength(1)
    },
  )

  it('is counted from when it was asked for', async () => {
    const { asked, call } = world(async () => {
      await new Promise((done) => setTimeout(done, 4000))
      return granted({ expires_in: 20 })
    })
    const calling = call()
    await vi.advanceTimersByTimeAsync(4000)
    await calling
    await vi.advanceTimersByTimeAsync(6000)
    void call()
    expect(asked).toHaveLength(2)
  })
})

describe('a renewal that fails', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('leaves the token in use until it really expires, and is tried again by each call', async () => {
    const { asked, call, seen } = world((count) =>
      count === 1 ? granted({ expires_in: 60 }) : Response.json({}, { status: 400 }),
    )
    await call()
    await vi.advanceTimersByTimeAsync(50_000)
    expect((await call()).status).toBe(200)
    await vi.advanceTimersByTimeAsync(9999)
    expect((await call()).status).toBe(200)
    expect(asked).toHaveLength(3)
    expect(seen).toEqual(['Bearer token', 'Bearer token', 'Bearer token'])
    await vi.advanceTimersByTimeAsync(1)
    await errorOf(call())
    expect(seen).toHaveLength(3)
  })

  it('does not bring a token back that was refused', async () => {
    const { call, seen } = world((count) =>
      count === 1 ? granted({ access_token: 'refused', expires_in: 60 }) : Response.json({}, { status: 400 }),
    )
    await errorOf(call())
    await errorOf(call())
    expect(seen).toEqual(['Bearer refused'])
  })
})

describe('an answer that may pass', () => {
  const fetched = (inner: ScriptedFetch): Fetch =>
    compose(retry({ backoff: () => 1 }), auth(clientCredentials(options)))(inner)

  it.each([408, 425, 429, 500, 502, 503, 504])('is tried again by a retry outside: %i', async (status) => {
    const inner = scriptedFetch(status, status, () => granted(), 200)
    expect((await fetched(inner)(origins)).status).toBe(200)
    expect(inner.calls.map(({ input }) => String(input))).toEqual([tokenUrl, tokenUrl, tokenUrl, origins])
  })

  it('is not asked again before the time that it names', async () => {
    const busy = (): Response => new Response(null, { status: 429, headers: { 'retry-after': '3600' } })
    const inner = scriptedFetch(busy, () => granted(), 200)
    const before = Date.now()
    const error = await errorOf(fetched(inner)(origins))
    expect(error.retryAt).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(error.retryAt).toBeLessThanOrEqual(Date.now() + 3_600_000)
    expect(attemptsOf(error)?.stopped).toBe('deadline')
    expect(inner.calls).toHaveLength(1)
  })

  it('is tried again with the body of a Request', async () => {
    const bodies: string[] = []
    const echo = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      bodies.push(await new Request(input, init).text())
      return new Response(null)
    }
    const inner = scriptedFetch(503, 503, () => granted(), echo)
    await fetched(inner)(new Request(origins, { method: 'PUT', body: 'a body' }))
    expect(bodies).toEqual(['a body'])
  })

  it('says what it is', async () => {
    const error = await errorOf(world(() => Response.json({ error: 'busy' }, { status: 503 })).call())
    expect(errorKind(error)).toBe('network')
    expect(error).toMatchObject({ status: 503, code: 'busy' })
    expect(error.cause).toMatchObject({
      name: 'AuthError',
      cause: { name: 'NetworkError', message: 'the token endpoint answered 503' },
    })
  })

  it.each([400, 401, 403, 501])('is not one with %i', async (status) => {
    const inner = scriptedFetch(status)
    const error = await errorOf(fetched(inner)(origins))
    expect(errorKind(error)).toBe('unknown')
    expect(inner.calls).toHaveLength(1)
  })
})

describe('a token call that fails', () => {
  const from = 'auth: clientCredentials has got no token: https://as.test/token answered'

  it.each([
    [400, { error: 'invalid_scope', error_description: 'canary' }, `${from} 400 (invalid_scope)`, 'invalid_scope'],
    [401, { error: 'invalid_client' }, `${from} 401 (invalid_client)`, 'invalid_client'],
    [400, { error: 'two words' }, `${from} 400`, undefined],
    [400, { error: 'canary-secret' }, `${from} 400`, undefined],
    [400, { error: 7 }, `${from} 400`, undefined],
    [503, 'canary', `${from} 503`, undefined],
    [200, 'canary', `${from} 200 without a JSON object`, undefined],
    [200, { error: 'bad_code', error_description: 'canary' }, `${from} 200 with an error (bad_code)`, 'bad_code'],
    [200, { error: 'canary canary' }, `${from} 200 with an error`, undefined],
    [200, null, `${from} 200 without a JSON object`, undefined],
  ])('with %i and %j says what can be said', async (status, body, message, code) => {
    const error = await errorOf(world(() => Response.json(body, { status })).call())
    expect(error.message).toBe(message)
    expect(error).toMatchObject({ scheme: 'clientCredentials', status, code })
  })

  it.each([
    [200, `${from} 200 with more than 64 KiB`],
    [500, `${from} 500`],
  ])('with more than 64 KiB is not read any further: %i', async (status, message) => {
    const cancelled = vi.fn()
    let pulled = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      pulled += 1
      // An end, so that who reads on comes to one.
      if (pulled > 1000) controller.close()
      else controller.enqueue(new Uint8Array(1024))
    }
    const body = (): ReadableStream => new ReadableStream({ pull, cancel: cancelled })
    const error = await errorOf(world(() => new Response(body(), { status })).call())
    expect(error).toMatchObject({ message, status })
    expect(cancelled).toHaveBeenCalledOnce()
    expect(pulled).toBeLessThan(70)
  })

  it('with a page that is no JSON does not quote from it', async () => {
    const page = new Response('<html>canary', { status: 502 })
    const error = await errorOf(world(() => page).call())
    expect(error.message).toBe(`${from} 502`)
    expect(page.bodyUsed).toBe(true)
  })

  it.each([
    [{ access_token: undefined }, 'got undefined'],
    [{ access_token: 'canary canary' }, 'without a space'],
    [{ access_token: '' }, 'without a space'],
    [{ token_type: 'mac' }, 'has a token_type other than bearer'],
    [{ token_type: { canary: 1 } }, 'has a token_type other than bearer'],
  ])('with an answer of no use says what is: %j', async (answer, message) => {
    expect((await errorOf(world(() => granted(answer)).call())).message).toContain(message)
  })

  it.each([301, 302, 303, 307, 308])('with a redirect is not followed: %i', async (status) => {
    const cancelled = vi.fn()
    const { asked, seen, call } = world(() => {
      const headers = { location: 'https://as.test/other', 'content-length': '1000000' }
      return new Response(new ReadableStream({ cancel: cancelled }), { status, headers })
    })
    const error = await errorOf(call())
    expect(error.message).toBe(`${from} ${status}, and no redirect is followed with a secret`)
    expect(error).toMatchObject({ status, code: undefined })
    expect([asked.length, seen.length]).toEqual([1, 0])
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('with an error of the network has it for a cause, and the next call tries again', async () => {
    const failure = new TypeError('fetch failed')
    const { call, asked } = world((count) => (count === 1 ? Promise.reject(failure) : granted()))
    const errors = await Promise.all([errorOf(call()), errorOf(call())])
    expect(errors.map(({ cause }) => (cause === failure ? 'the very same' : cause))).toEqual(
      Array(2).fill('the very same'),
    )
    expect(errors[0]).not.toBe(errors[1])
    expect((await call()).status).toBe(200)
    expect(asked).toHaveLength(2)
  })

  it('after a 401 is what the call fails with', async () => {
    const { call } = world((count) =>
      count === 1 ? granted({ access_token: 'refused' }) : Response.json({ error: 'invalid_client' }, { status: 401 }),
    )
    expect(await errorOf(call())).toMatchObject({ status: 401, code: 'invalid_client' })
  })

  it('as it takes too long has a TimeoutError for a cause', async () => {
    const { call } = world(() => new Promise(() => {}), { timeout: 5 })
    expect((await errorOf(call())).cause).toMatchObject({ name: 'TimeoutError' })
    const stalled = world(() => new Response(new ReadableStream()), { timeout: 5 })
    expect((await errorOf(stalled.call())).cause).toMatchObject({ name: 'TimeoutError' })
  })
})
