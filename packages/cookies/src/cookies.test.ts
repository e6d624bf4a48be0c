import { compose, type Fetch } from '@steadfetch/core'
import { redirects } from '@steadfetch/redirects'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { CookieJar as ToughJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type CookieJar, cookieJar, cookies, historyOf } from './cookies.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())
expectNoUnhandledRejection()

const url = 'http://a.test/'

/** A response that sets cookies, and may lead elsewhere. */
function answer(setCookies: string[], location?: string, status = location === undefined ? 200 : 302): () => Response {
  const headers = [...setCookies.map((value) => ['set-cookie', value]), ...(location ? [['location', location]] : [])]
  return () => new Response('a body', { status, headers: headers as [string, string][] })
}

/** The Cookie header of each call. */
const sent = ({ calls }: ReturnType<typeof scriptedFetch>): (string | null)[] =>
  calls.map(({ init }) => new Headers(init?.headers).get('cookie'))

describe('options', () => {
  it.each<[unknown, string]>([
    [7, 'cookies: options must be an object, got 7'],
    [fetch, 'cookies: options must be an object, got a function; is it cookies(options)(fetch)?'],
    [{ jars: 1 }, 'cookies: there is no option "jars"; there are jar, max, strip, keep, onRedirect, replay'],
    [{ jar: 'x' }, 'cookies: jar must be a cookieJar(), got "x"'],
    [{ jar: new ToughJar() }, 'cookies: jar must be a cookieJar(), got an object: use cookieJar({ store: jar.store })'],
    [{ max: 0.5 }, 'redirects: max must be an integer from 0 on, got 0.5'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(cookies, undefined, [options])).toThrow(message)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(cookies(), undefined, [url])).toThrow('cookies: fetch must be a function')
  })

  it.each<[unknown, string]>([
    [true, 'cookies: the cookies of a call must be an object of names and values, got true'],
    [[['a', 'b']], 'cookies: the cookies of a call must be an object of names and values, got an array'],
    [{ 'a b': '1' }, 'cookies: "a b" is no name of a cookie'],
    [{ '': '1' }, 'cookies: "" is no name of a cookie'],
    [{ a: null }, 'cookies: a must be a string, got null'],
    [{ a: 5 }, 'cookies: a must be a string, got 5'],
    [{ a: 'canary; b=1' }, 'cookies: a has characters that no cookie may have: use encodeURIComponent'],
    [{ a: 'canary é' }, 'cookies: a has characters that no cookie may have: use encodeURIComponent'],
    [{ ü: 'canary' }, 'cookies: "ü" is no name of a cookie'],
    [{ a: 'canary\r\n' }, 'cookies: a has characters that no cookie may have: use encodeURIComponent'],
  ])('refuses %o for a call, names what is wrong, and sends nothing', async (perCall, message) => {
    const inner = scriptedFetch(200)
    const error = await Reflect.apply(cookies()(inner), undefined, [url, { cookies: perCall }]).catch((e: unknown) => e)
    expect(error).toEqual(new TypeError(message))
    expect([String(error).includes('canary'), inner.calls.length]).toEqual([false, 0])
  })
})

describe('a cookie', () => {
  it('that a response sets is sent with later calls', async () => {
    const inner = scriptedFetch(answer(['a=1', 'b=2; Path=/x', 'c=3; HttpOnly']), 200, 200, 200)
    const fetching = cookies()(inner)
    for (const target of [url, url, `${url}x/y`, 'http://b.test/']) await fetching(target)
    expect(sent(inner)).toEqual([null, 'a=1; c=3', 'b=2; a=1; c=3', null])
  })

  it('that a redirect sets is sent with the next hop, and is kept', async () => {
    const inner = scriptedFetch(answer(['session=1'], '/home'), answer(['seen=1']), 200)
    const fetching = cookies()(inner)
    const response = await fetching(url, { method: 'POST', body: 'x' })
    expect([response.redirected, historyOf(response).length]).toEqual([true, 1])
    await fetching(url)
    expect(sent(inner)).toEqual([null, 'session=1', 'session=1; seen=1'])
  })

  it('is not sent to another host, and not kept for one', async () => {
    const inner = scriptedFetch(answer(['a=1', 'b=1; Domain=b.test'], 'http://b.test/'), answer(['c=1'], url), 200)
    await cookies()(inner)(url)
    expect(sent(inner)).toEqual([null, null, 'a=1'])
  })

  it('is kept under the URL that has answered', async () => {
    const elsewhere = (): Response => Object.defineProperty(answer(['a=1'])(), 'url', { value: 'http://b.test/' })
    const jar = cookieJar()
    await cookies({ jar })(scriptedFetch(elsewhere))(url)
    expect([await jar.header(url), await jar.header('http://b.test/')]).toEqual(['', 'a=1'])
  })

  it.each(['manual', 'error'] as const)('is sent and kept where redirects are %s', async (redirect) => {
    const inner = scriptedFetch(answer(['a=1'], '/next'), 200)
    const fetching = cookies()(inner)
    expect((await fetching(url, { redirect })).status).toBe(302)
    await fetching(url, { redirect })
    expect(inner.calls.map(({ init }) => init?.redirect)).toEqual([redirect, redirect])
    expect(sent(inner)).toEqual([null, 'a=1'])
  })

  it('is told of where a mock of Headers cannot tell cookies apart', async () => {
    const headers = { get: (name: string) => (name === 'set-cookie' ? 'a=1, b=2' : null) }
    const mock: Fetch = async () => ({ status: 200, headers, body: null }) as unknown as Response
    await expect(cookies()(mock)(url)).rejects.toThrow('need getSetCookie()')
    const bare: Fetch = async () => ({ status: 200 }) as unknown as Response
    expect((await cookies()(bare)(url)).status).toBe(200)
  })

  it('is neither sent nor kept where credentials are omitted', async () => {
    const jar = cookieJar()
    await jar.set('a=1', url)
    const inner = scriptedFetch(answer(['b=1']))
    await cookies({ jar })(inner)(url, { credentials: 'omit' })
    await cookies({ jar })(inner)(new Request(url, { credentials: 'omit' }))
    expect([sent(inner), await jar.header(url)]).toEqual([[null, null], 'a=1'])
  })

  it('goes over real sockets, over redirects, with a Request and its body', async () => {
    const fetching = cookies()((input, init) => fetch(input, init))
    const target = `/status/307?set-cookie=a%3D1;Path=/&location=${encodeURIComponent('/echo')}`
    const response = await fetching(new Request(server.url(target), { method: 'PUT', body: 'a body' }))
    expect(await response.json()).toMatchObject({ method: 'PUT', length: 6, headers: { cookie: 'a=1' } })
  })
})

describe("the caller's own cookies", () => {
  it('are sent together with those of the jar, and win', async () => {
    const jar = cookieJar()
    for (const cookie of ['a=jar', 'b=jar', 'c=jar; Path=/x']) await jar.set(cookie, url)
    const inner = scriptedFetch(200)
    const headers = Object.freeze({ Cookie: 'a=own; d=own; e="o;' })
    await cookies({ jar })(inner)(`${url}x`, Object.freeze({ headers }))
    expect(sent(inner)).toEqual(['c=jar; b=jar; a=own; d=own; e="o'])
    expect(await jar.header(url)).toBe('a=jar; b=jar')
  })

  it('are left as they are where the jar has none', async () => {
    const inner = scriptedFetch(200)
    const headers = { Cookie: 'a=1;  b=2;' }
    await cookies()(inner)(url, { headers })
    expect(inner.calls[0]?.init?.headers).toEqual(headers)
  })

  it('are neither doubled nor kept in Headers or a Request that is used again', async () => {
    const jar = cookieJar()
    await jar.set('a=1', url)
    const headers = new Headers({ cookie: 'b=2' })
    const request = new Request(url, { headers })
    const inner = scriptedFetch(200)
    const fetching = cookies({ jar })(inner)
    for (let time = 0; time < 3; time += 1) {
      await fetching(url, { headers })
      await fetching(request)
    }
    expect(new Set(sent(inner))).toEqual(new Set(['a=1; b=2']))
    expect([headers.get('cookie'), request.headers.get('cookie')]).toEqual(['b=2', 'b=2'])
    await fetching('http://b.test/', { headers })
    expect(sent(inner).at(-1)).toBe('b=2')
  })

  it('are on the way to redirects of the same origin, and of no other', async () => {
    const inner = scriptedFetch(answer([], '/1'), answer([], 'http://www.a.test/'), answer([], url), 200)
    await cookies()(inner)(url, { headers: { cookie: 'a=1' }, cookies: { b: '2' } })
    expect(sent(inner)).toEqual(['a=1; b=2', 'a=1; b=2', null, null])
  })
})

describe('per-call cookies', () => {
  it('are sent for the call, and not kept', async () => {
    const jar = cookieJar()
    await jar.set('a=jar', url)
    const inner = scriptedFetch(200)
    const init = Object.freeze({
      cookies: Object.freeze({ a: 'own', b: 'own' }),
      headers: { cookie: 'b=header; c=header' },
    })
    await cookies({ jar })(inner)(url, init)
    expect(sent(inner)).toEqual(['c=header; a=own; b=own'])
    expect(inner.calls[0]?.init).not.toHaveProperty('cookies')
    expect(await jar.header(url)).toBe('a=jar')
  })

  it('stay with the origin where a redirects layer is outside', async () => {
    const inner = scriptedFetch(answer([], '/1'), answer([], 'http://b.test/'), 200)
    await compose(redirects(), cookies())(inner)(url, { cookies: { a: '1' } })
    expect(sent(inner)).toEqual(['a=1', 'a=1', null])
  })

  it('that are false leave the jar out of it', async () => {
    const jar = cookieJar()
    await jar.set('a=1', url)
    const inner = scriptedFetch(answer(['b=1']))
    await cookies({ jar })(inner)(url, { cookies: false })
    expect(inner.calls).toEqual([expect.objectContaining({ input: url, init: {} })])
    expect(await jar.header(url)).toBe('a=1')
  })
})

describe('the order of layers', () => {
  it('does not matter to redirects: the outer layer follows', async () => {
    for (const layers of [
      [redirects(), cookies()],
      [cookies(), redirects()],
    ]) {
      const inner = scriptedFetch(answer(['a=1'], '/1'), 200)
      await compose(...layers)(inner)(url)
      expect(sent(inner)).toEqual([null, 'a=1'])
    }
  })

  it('lets a call say how redirects are followed', async () => {
    const fetching = cookies()(scriptedFetch(answer([], '/1')))
    await expect(fetching(url, { redirects: { max: 2 } })).rejects.toThrow('a further redirect after 2')
  })
})

describe('a jar', () => {
  it('is one for each wrapped fetch, unless it is shared', async () => {
    const layer = cookies()
    const [first, second] = [scriptedFetch(answer(['a=1']), 200), scriptedFetch(200)]
    const [one, other] = [layer(first), layer(second)]
    for (const fetching of [one, one, other]) await fetching(url)
    expect([sent(first), sent(second)]).toEqual([[null, 'a=1'], [null]])
  })

  it("that is slow ends with the caller's reason, and the response is thrown away", async () => {
    const never = new Promise<never>(() => {})
    const slowToRead: CookieJar = { ...cookieJar(), header: () => never, set: () => never }
    const call = new AbortController()
    const reading = cookies({ jar: slowToRead })(scriptedFetch(200))(url, { signal: call.signal })
    const cancel = vi.fn()
    const answering: Fetch = async () =>
      new Response(new ReadableStream({ cancel }), { headers: { 'set-cookie': 'a=1', 'content-length': '100000' } })
    const slowToKeep: CookieJar = { ...slowToRead, header: async () => '' }
    const keeping = cookies({ jar: slowToKeep })(answering)(url, { signal: call.signal })
    await new Promise(setImmediate)
    const reason = new Error('enough')
    call.abort(reason)
    await expect(reading).rejects.toBe(reason)
    await expect(keeping).rejects.toBe(reason)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('that fails is what the call fails with', async () => {
    const failure = new Error('disk')
    const failing: CookieJar = { ...cookieJar(), header: async () => '', set: () => Promise.reject(failure) }
    await expect(cookies({ jar: failing })(scriptedFetch(answer(['a=1'])))(url)).rejects.toBe(failure)
  })
})
