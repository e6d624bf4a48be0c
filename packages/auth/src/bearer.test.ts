import { getEventListeners } from 'node:events'
import type { Fetch } from '@steadfetch/core'
import { type ScriptedFetch, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AuthError, auth } from './auth.ts'
import { type BearerOptions, bearer, type TokenRequest } from './bearer.ts'

expectNoUnhandledRejection()

const origins = 'https://api.test'

/** Answers 200 to the token that is valid by then, and 401 to any other. */
function guarded(valid: () => string): ScriptedFetch {
  return scriptedFetch((_, init) => {
    const isValid = new Headers(init?.headers).get('authorization') === `Bearer ${valid()}`
    return new Response('a body', { status: isValid ? 200 : 401 })
  })
}

function wrapped(token: BearerOptions['token'], inner: Fetch, timeout?: number): Fetch {
  return auth(bearer({ token, origins, ...(timeout !== undefined && { timeout }) }))(inner)
}

/** Gives `token 1`, `token 2` and so on. */
function numbered() {
  let count = 0
  return vi.fn(async (_: TokenRequest) => {
    count += 1
    return `token-${count}`
  })
}

/** What each of the calls fails with. */
async function failures(calls: Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(calls)
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : expect.unreachable('fulfilled')))
}

describe('options', () => {
  it.each([
    [{ token: 'Bearer canary' }, 'bearer: token must be a string of visible ASCII characters without a space'],
    [{ token: 'canary\n' }, 'bearer: token must be a string of visible ASCII characters without a space'],
    [{ token: '' }, 'bearer: token must be a string of visible ASCII characters without a space'],
    [{ token: Promise.resolve('canary') }, 'or a function, got object'],
    [{}, 'or a function, got undefined'],
    [{ token: 't', timeout: 0 }, 'bearer: timeout must be a positive number of milliseconds, got 0'],
    [{ token: 't', origins: 'api.test' }, /^bearer: origins must be origins such as/],
    [{ token: 't', tokens: 1 }, 'bearer: there is no option "tokens"; there are token, origins, timeout'],
  ])('refuses %o, and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(bearer, undefined, [options])).toThrow(message)
    expect(() => Reflect.apply(bearer, undefined, [options])).not.toThrow('canary')
  })
})

describe('a token that is a string', () => {
  it('is sent with every request, and a 401 stands', async () => {
    const inner = guarded(() => 'other')
    const response = await wrapped('mF_9.B5f-4.1JqM', inner)(origins)
    expect(await response.text()).toBe('a body')
    expect(inner.calls.map(({ init }) => new Headers(init?.headers).get('authorization'))).toEqual([
      'Bearer mF_9.B5f-4.1JqM',
    ])
  })
})

describe('a token from a function', () => {
  it('is asked for once, when the first request needs it', async () => {
    const token = numbered()
    const inner = guarded(() => 'token-1')
    const fetch = wrapped(token, inner)
    expect(token).not.toHaveBeenCalled()
    await fetch('http://other.test')
    expect(token).not.toHaveBeenCalled()
    const responses = await Promise.all(Array.from({ length: 200 }, () => fetch(origins)))
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    await fetch(origins)
    expect(token).toHaveBeenCalledOnce()
    expect(token.mock.calls[0]?.[0].refused).toBeUndefined()
  })

  it('may come at once', async () => {
    expect(
      (
        await wrapped(
          () => 'at-once',
          guarded(() => 'at-once'),
        )(origins)
      ).status,
    ).toBe(200)
  })

  it('is asked for again when it is refused, once for 200 requests at a time', async () => {
    const token = numbered()
    let valid = 'token-1'
    const inner = guarded(() => valid)
    const fetch = wrapped(token, inner)
    await fetch(origins)
    valid = 'token-2'
    const responses = await Promise.all(Array.from({ length: 200 }, () => fetch(origins)))
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect(token).toHaveBeenCalledTimes(2)
    expect(token.mock.calls[1]?.[0].refused).toBe('token-1')
    expect(inner.calls).toHaveLength(401)
  })

  it('is taken as it is by who comes late with a refusal of the one before', async () => {
    const token = numbered()
    const late = Promise.withResolvers<Response>()
    const inner = scriptedFetch(
      () => late.promise,
      401,
      200,
      (_, init) => new Response(new Headers(init?.headers).get('authorization')),
    )
    const fetch = wrapped(token, inner)
    const first = fetch(origins)
    await vi.waitUntil(() => inner.calls.length === 1)
    await fetch(origins)
    late.resolve(new Response(null, { status: 401 }))
    expect(await (await first).text()).toBe('Bearer token-2')
    expect(token).toHaveBeenCalledTimes(2)
  })

  it('is sent once more, and a second 401 stands', async () => {
    const token = numbered()
    const inner = guarded(() => 'never')
    const response = await wrapped(token, inner)(origins)
    expect(await response.text()).toBe('a body')
    expect(inner.calls).toHaveLength(2)
    expect(token).toHaveBeenCalledTimes(2)
  })

  it('lets the 401 stand when it is the same again, which is asked for once', async () => {
    const token = vi.fn(async () => 'same')
    const inner = guarded(() => 'other')
    const fetch = wrapped(token, inner)
    const responses = await Promise.all(Array.from({ length: 20 }, () => fetch(origins)))
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(Array(20).fill('a body'))
    expect(inner.calls).toHaveLength(20)
    expect(token).toHaveBeenCalledTimes(2)
  })

  it('is shared by all that share the scheme', async () => {
    const token = numbered()
    const scheme = bearer({ token, origins })
    const inner = guarded(() => 'token-1')
    await auth(scheme)(inner)(origins)
    await auth(scheme)(inner)(origins)
    await auth(bearer({ token: 'other', origins }))(inner)(origins, { auth: scheme })
    expect(token).toHaveBeenCalledOnce()
  })
})

describe('a function that fails', () => {
  const failure = new Error('canary of the function')

  it.each([
    ['rejects', () => Promise.reject(failure)],
    [
      'throws',
      () => {
        throw failure
      },
    ],
  ])('and %s is an AuthError of every call that waits, each its own with the same cause', async (_, token) => {
    const inner = scriptedFetch()
    const fetch = wrapped(token, inner)
    const errors = await failures(Array.from({ length: 5 }, () => fetch(origins)))
    expect(new Set(errors).size).toBe(5)
    for (const error of errors) {
      expect(error).toBeInstanceOf(AuthError)
      expect(error).toMatchObject({ name: 'AuthError', scheme: 'bearer', cause: failure, status: undefined })
      expect(String(error)).toBe('AuthError: auth: bearer has got no token; the cause says why')
    }
    expect(inner.calls).toHaveLength(0)
  })

  it.each([undefined, '', 'two words', 'canary\n', 7])('and gives %j is one too', async (token) => {
    const [error] = await failures([Reflect.apply(wrapped, undefined, [() => token, scriptedFetch()])(origins)])
    expect(error).toBeInstanceOf(AuthError)
    const { cause } = error as AuthError
    expect(String(cause)).toMatch(/^TypeError: bearer: the token must be a string of visible ASCII characters/)
    expect(String(cause)).not.toContain('canary')
  })

  it('is asked again by the next call, with the token that was refused', async () => {
    const token = vi.fn<(request: TokenRequest) => Promise<string>>(async () => 'token-1')
    const fetch = wrapped(
      token,
      guarded(() => 'token-2'),
    )
    token.mockResolvedValueOnce('token-1').mockRejectedValueOnce(failure)
    await expect(fetch(origins)).rejects.toMatchObject({ name: 'AuthError', cause: failure })
    token.mockResolvedValueOnce('token-2')
    expect((await fetch(origins)).status).toBe(200)
    expect(token.mock.calls.map(([{ refused }]) => refused)).toEqual([undefined, 'token-1', 'token-1'])
  })

  it('after everybody has gone is nobody’s unhandled rejection', async () => {
    const { promise, reject } = Promise.withResolvers<string>()
    const caller = new AbortController()
    const fetch = wrapped(() => promise, scriptedFetch())
    const calling = failures([fetch(origins, { signal: caller.signal }), fetch(origins, { signal: caller.signal })])
    caller.abort('gone')
    expect(await calling).toEqual(['gone', 'gone'])
    reject(failure)
  })
})

describe('a function that takes long', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([undefined, 500])('fails after the timeout: %j', async (timeout) => {
    const limit = timeout ?? 10_000
    const token = vi.fn((_: TokenRequest) => new Promise<string>(() => {}))
    const fetch = wrapped(token, scriptedFetch(), timeout)
    const settled = vi.fn()
    const calling = failures([fetch(origins), fetch(origins)]).then((errors) => settled(errors))
    await vi.advanceTimersByTimeAsync(limit - 1)
    expect(settled).not.toHaveBeenCalled()
    expect(token.mock.calls[0]?.[0].signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    await calling
    const cause = token.mock.calls[0]?.[0].signal.reason
    expect(cause).toBeInstanceOf(DOMException)
    const message = `bearer: no token within ${limit} ms; a token function must not call through the fetch that waits for the token`
    expect(cause).toMatchObject({ name: 'TimeoutError', message })
    const [errors] = settled.mock.calls[0] ?? []
    expect(errors.map((error: Error) => error.cause === cause)).toEqual([true, true])
    expect(vi.getTimerCount()).toBe(0)
    expect(token).toHaveBeenCalledOnce()
  })

  it('is forgotten after that, whatever it comes to', async () => {
    const slow = Promise.withResolvers<string>()
    const token = vi.fn(() => slow.promise)
    const fetch = wrapped(
      token,
      guarded(() => 'token-2'),
    )
    const calling = failures([fetch(origins)])
    await vi.advanceTimersByTimeAsync(10_000)
    await calling
    slow.resolve('token-1')
    token.mockResolvedValueOnce('token-2')
    expect((await fetch(origins)).status).toBe(200)
    expect(token).toHaveBeenCalledTimes(2)
  })

  it('goes on for the others when one caller has had enough', async () => {
    const slow = Promise.withResolvers<string>()
    const token = vi.fn((_: TokenRequest) => slow.promise)
    const caller = new AbortController()
    const fetch = wrapped(
      token,
      guarded(() => 'token-1'),
    )
    const gone = failures([fetch(origins, { signal: caller.signal })])
    const staying = fetch(origins)
    const reason = { why: 'enough' }
    caller.abort(reason)
    expect(await gone).toEqual([reason])
    expect(token.mock.calls[0]?.[0].signal.aborted).toBe(false)
    slow.resolve('token-1')
    expect((await staying).status).toBe(200)
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
  })

  it('is one that calls through the fetch that waits for it, which waits for itself', async () => {
    const token = vi.fn(async (): Promise<string> => (await fetch(`${origins}/login`)).text())
    const inner = scriptedFetch()
    const fetch = wrapped(token, inner)
    const calling = failures([fetch(origins), fetch(origins)])
    await vi.advanceTimersByTimeAsync(10_000)
    const message = expect.stringContaining('must not call through the fetch that waits for the token')
    expect(await calling).toMatchObject(Array(2).fill({ name: 'AuthError', cause: { name: 'TimeoutError', message } }))
    expect(token).toHaveBeenCalledOnce()
    expect(inner.calls).toHaveLength(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told, and its timer is gone, when nobody waits for it any more', async () => {
    const token = vi.fn((_: TokenRequest) => new Promise<string>(() => {}))
    const fetch = wrapped(
      token,
      guarded(() => 'token-2'),
    )
    const callers = [new AbortController(), new AbortController()]
    const calling = failures(callers.map(({ signal }) => fetch(origins, { signal })))
    for (const caller of callers) caller.abort('gone')
    expect(await calling).toEqual(['gone', 'gone'])
    expect(token.mock.calls[0]?.[0].signal.reason).toMatchObject({ name: 'AbortError' })
    expect(vi.getTimerCount()).toBe(0)
    token.mockResolvedValueOnce('token-2')
    expect((await fetch(origins)).status).toBe(200)
    expect(token).toHaveBeenCalledTimes(2)
  })

  it('goes on for who comes as the last one goes', async () => {
    const slow = Promise.withResolvers<string>()
    const token = vi.fn((_: TokenRequest) => slow.promise)
    const caller = new AbortController()
    const fetch = wrapped(
      token,
      guarded(() => 'token-1'),
    )
    const gone = failures([fetch(origins, { signal: caller.signal })])
    caller.abort('gone')
    const staying = fetch(origins)
    await gone
    slow.resolve('token-1')
    expect((await staying).status).toBe(200)
    expect(token).toHaveBeenCalledOnce()
  })

  it('leaves no timer and no listener behind when it is done', async () => {
    const caller = new AbortController()
    const token = numbered()
    const fetch = wrapped(
      token,
      guarded(() => 'token-2'),
    )
    expect((await fetch(origins, { signal: caller.signal })).status).toBe(200)
    expect(vi.getTimerCount()).toBe(0)
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0)
    for (const [{ signal }] of token.mock.calls) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
