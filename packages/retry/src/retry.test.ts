import { compose, type Fetch } from '@steadfetch/core'
import { networkError, type Reply, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { TimeoutError, timeout } from '@steadfetch/timeout'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { attemptsOf, type RetryEvent, type RetryOptions, retry, retryBudget } from './retry.ts'

const url = 'http://a.test/path'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The outcome of a call once all timers have run. */
async function settled<Value>(promise: Promise<Value>): Promise<{ value?: Value; reason?: unknown }> {
  const outcome = promise.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  )
  await vi.runAllTimersAsync()
  return outcome
}

async function waitsOf(options: RetryOptions, ...replies: Reply[]): Promise<number[]> {
  const inner = scriptedFetch(...replies)
  await settled(retry(options)(inner)(url))
  return inner.calls.slice(1).map(({ at }, call) => Math.round(at - (inner.calls[call]?.at ?? 0)))
}

function response(status: number, headers: Record<string, string> = {}): Reply {
  return () => new Response('', { status, headers })
}

describe('options', () => {
  it.each([
    [{ attempts: 0 }, 'retry: attempts must be a positive integer, got 0'],
    [{ attempts: 2.5 }, 'retry: attempts must be a positive integer, got 2.5'],
    [{ attempts: '3' }, 'retry: attempts must be a positive integer, got "3"'],
    [{ attempts: Infinity }, 'retry: attempts must be a positive integer, got Infinity'],
    [{ statuses: 503 }, 'retry: statuses must be an array of status codes, got 503'],
    [{ statuses: ['503'] }, 'retry: statuses must be an array of status codes, got "503" in it'],
    [{ statuses: [50] }, 'retry: statuses must be an array of status codes, got 50 in it'],
    [{ errors: [undefined] }, 'retry: errors must be an array of error kinds (abort, timeout, dns, '],
    [{ methods: 'GET' }, 'retry: methods must be an array of method names, got "GET"'],
    [{ methods: ['GET', 'G T'] }, 'retry: methods must be an array of method names, got "G T" in it'],
    [{ methods: [''] }, 'retry: methods must be an array of method names, got "" in it'],
    [{ errors: ['resets'] }, 'unknown), got "resets" in it'],
    [{ backoff: 100 }, 'retry: backoff: options must be an object, got 100'],
    [{ backoff: { base: 0 } }, 'retry: backoff.base must be a positive number of milliseconds, got 0'],
    [{ maxWait: -1 }, 'retry: maxWait must be a positive number of milliseconds, got -1'],
    [{ budget: true }, 'retry: budget must be false or made by retryBudget(), got true'],
    [{ replay: { maxBytes: -1 } }, 'retry: replay.maxBytes must be an integer from 0 on, got -1'],
    [{ replay: { max: 1 } }, 'retry: replay: there is no option "max"; there are maxBytes'],
    [{ onRetry: 'log' }, 'retry: onRetry must be a function, got "log"'],
    [{ retries: 5 }, 'retry: there is no option "retries"; there are attempts, '],
    [null, 'retry: options must be an object, got null'],
    [5, 'retry: options must be an object, got 5'],
  ])('refuses %o and names what is wrong', async (options, message) => {
    expect(() => Reflect.apply(retry, undefined, [options])).toThrow(message)
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(retry()(inner), undefined, [url, { retry: options }])
    await expect(calling).rejects.toThrow(message)
    expect(inner.calls).toHaveLength(0)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(retry(), undefined, [{}])).toThrow('retry: fetch must be a function, got an object')
  })
})

describe('which failures', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('retries a %i', async (status) => {
    const inner = scriptedFetch(status, 200)
    expect((await settled(retry()(inner)(url))).value?.status).toBe(200)
    expect(inner.calls).toHaveLength(2)
  })

  it.each([200, 204, 301, 304, 400, 401, 403, 404, 409, 422, 501, 505])('returns a %i', async (status) => {
    const inner = scriptedFetch(status, 200)
    expect((await settled(retry()(inner)(url))).value?.status).toBe(status)
    expect(inner.calls).toHaveLength(1)
  })

  it.each([
    networkError('ECONNRESET'),
    networkError('ECONNREFUSED'),
    networkError('ENOTFOUND'),
    networkError('UND_ERR_SOCKET'),
    networkError('UND_ERR_CONNECT_TIMEOUT'),
    networkError('UND_ERR_HEADERS_TIMEOUT'),
    new TimeoutError('after', 5, 'headers'),
    new DOMException('late', 'TimeoutError'),
    new TypeError('Failed to fetch'),
  ])('retries %s', async (error) => {
    const inner = scriptedFetch(error, 200)
    expect((await settled(retry()(inner)(url))).value?.status).toBe(200)
  })

  it.each([
    networkError('CERT_HAS_EXPIRED'),
    networkError('DEPTH_ZERO_SELF_SIGNED_CERT'),
    new TypeError('Failed to parse URL from nope'),
    new TypeError('undefined is not a function'),
    new DOMException('aborted', 'AbortError'),
    Object.assign(new Error('open'), { name: 'CircuitOpenError' }),
    new Error('from a middleware'),
  ])('throws %s, the very error', async (error) => {
    const inner = scriptedFetch(error, 200)
    expect((await settled(retry()(inner)(url))).reason).toBe(error)
    expect(inner.calls).toHaveLength(1)
    expect(attemptsOf(error)?.stopped).toBeUndefined()
  })

  it('are those of the options, where they are named', async () => {
    const open = Object.assign(new Error('open'), { name: 'CircuitOpenError' })
    const inner = scriptedFetch(409, open, 503)
    const chosen = retry({ statuses: [409], errors: ['circuit-open'] })(inner)
    expect((await settled(chosen(url))).value?.status).toBe(503)
    expect(inner.calls).toHaveLength(3)
  })
})

describe('which methods', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY', 'get', 'put'])('repeats %s', async (method) => {
    const inner = scriptedFetch(503, 200)
    expect((await settled(retry()(inner)(url, { method }))).value?.status).toBe(200)
  })

  it.each(['POST', 'PATCH', 'patch'])('does not repeat %s', async (method) => {
    for (const failure of [503, networkError('ECONNRESET')]) {
      const inner = scriptedFetch(failure, 200)
      const { value, reason } = await settled(retry()(inner)(url, { method }))
      expect(value?.status ?? reason).toBe(failure)
      expect(attemptsOf(value ?? reason)?.stopped).toBe('method')
      expect(inner.calls).toHaveLength(1)
    }
  })

  it.each([
    ['in init', () => [url, { method: 'POST', headers: { 'Idempotency-Key': 'a' } }] as const],
    ['in a Request', () => [new Request(url, { method: 'POST', headers: { 'idempotency-key': 'a' } })] as const],
    [
      'in init, for a Request',
      () => [new Request(url, { method: 'PATCH' }), { headers: [['Idempotency-Key', 'a']] }] as const,
    ],
  ])('repeats a POST with an Idempotency-Key %s', async (_, call) => {
    const inner = scriptedFetch(503, 200)
    const [input, init] = call()
    expect((await settled(retry()(inner)(input, init as RequestInit | undefined))).value?.status).toBe(200)
  })

  it.each(['', ' ', '\t'])('does not repeat a POST whose Idempotency-Key is %j, which says nothing', async (key) => {
    const inner = scriptedFetch(503, 200)
    const response = await retry({ backoff: () => 0 })(inner)(url, {
      method: 'POST',
      headers: { 'idempotency-key': key },
    })
    expect([response.status, inner.calls.length]).toEqual([503, 1])
  })

  it.each([
    { code: 'ECONNREFUSED', syscall: 'connect', sent: false },
    { code: 'ENOTFOUND', syscall: 'getaddrinfo', sent: false },
    { code: 'UND_ERR_CONNECT_TIMEOUT', sent: false },
    { code: 'EHOSTUNREACH', syscall: 'connect', sent: false },
    { code: 'EHOSTUNREACH', syscall: 'read', sent: true },
    { code: 'ETIMEDOUT', syscall: 'write', sent: true },
    { code: 'ECONNREFUSED', sent: true },
  ])('repeats a POST only if it provably never left: %o', async ({ sent, ...facts }) => {
    const cause = Object.assign(new Error(facts.code), facts)
    const every = Object.assign(new AggregateError([cause, cause]), { code: facts.code })
    for (const failure of [cause, every]) {
      const inner = scriptedFetch(new TypeError('fetch failed', { cause: failure }), 200)
      await settled(retry()(inner)(url, { method: 'POST', redirect: 'manual' }))
      expect(inner.calls).toHaveLength(sent ? 1 : 2)
      const followed = scriptedFetch(new TypeError('fetch failed', { cause: failure }), 200)
      await settled(retry()(followed)(url, { method: 'POST' }))
      expect(followed.calls).toHaveLength(1)
    }
  })

  it('repeats those of the options', async () => {
    const inner = scriptedFetch(503, 200)
    expect((await settled(retry({ methods: ['post'] })(inner)(url, { method: 'POST' }))).value?.status).toBe(200)
    expect((await settled(retry({ methods: ['post'] })(scriptedFetch(503, 200))(url))).value?.status).toBe(503)
  })
})

describe('which bodies', () => {
  const streamed = (): RequestInit => {
    const init = { method: 'PUT', body: new Blob(['abc']).stream(), duplex: 'half' }
    return init
  }

  it('gives a one-shot stream one attempt, and the original failure', async () => {
    for (const failure of [503, networkError('ECONNRESET')]) {
      const inner = scriptedFetch(failure, 200)
      const { value, reason } = await settled(retry()(inner)(url, streamed()))
      expect(value?.status ?? reason).toBe(failure)
      expect(attemptsOf(value ?? reason)?.stopped).toBe('body')
      expect(inner.calls).toHaveLength(1)
    }
  })

  it('of a Request is let go when the answer is there before it has all been sent', async () => {
    const cancelled = Promise.withResolvers<unknown>()
    const body = new ReadableStream({ cancel: cancelled.resolve })
    const init = { method: 'PUT', body, duplex: 'half' }
    const early: Fetch = async (input) => {
      // As the platform does with a request that is answered early.
      if (input instanceof Request) void input.body?.cancel('answered')
      return new Response('early')
    }
    expect((await retry()(early)(new Request(url, init))).status).toBe(200)
    expect(await cancelled.promise).toBeDefined()
  })

  it('of a response is thrown away when there is no wait for a retry after all', async () => {
    for (const broken of [{ backoff: () => Number.NaN }, { onRetry: () => Promise.reject(new Error('no')) }]) {
      const cancelled = Promise.withResolvers<unknown>()
      const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)), cancel: cancelled.resolve })
      const { reason } = await settled(retry(broken)(async () => new Response(endless, { status: 503 }))(url))
      expect(reason).toBeInstanceOf(Error)
      await cancelled.promise
    }
  })

  it('gives a Request whose body is larger than replay.maxBytes one attempt', async () => {
    const inner = scriptedFetch(503, 200)
    const retrying = retry({ replay: { maxBytes: 10 } })(inner)
    const large = await settled(retrying(new Request(url, { method: 'PUT', body: 'x'.repeat(11) })))
    expect(attemptsOf(large.value)?.stopped).toBe('body')
    const fitting = await settled(retrying(new Request(url, { method: 'PUT', body: 'x'.repeat(10) })))
    expect(fitting.value?.status).toBe(200)
  })
})

describe('the waits', () => {
  it('are jittered between zero and a bound that doubles', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect(await waitsOf({ attempts: 4 }, 503)).toEqual([25, 50, 100])
    expect(await waitsOf({ attempts: 3 }, networkError('ECONNRESET'))).toEqual([25, 50])
  })

  it('are longer when the server throttles', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect(await waitsOf({}, 429)).toEqual([500, 1000])
  })

  it('are those of a function', async () => {
    const backoff = vi.fn(({ attempt }) => attempt * 10)
    expect(await waitsOf({ backoff }, 429, 503, 200)).toEqual([10, 20])
    expect(backoff.mock.calls).toEqual([[{ attempt: 1, throttled: true }], [{ attempt: 2, throttled: false }]])
  })

  it.each([Number.NaN, -1, undefined, '50'])('must not be %o', async (wait) => {
    const inner = scriptedFetch(503)
    const { reason } = await settled(retry({ backoff: () => wait as number })(inner)(url))
    expect(reason).toMatchObject({
      name: 'RangeError',
      message: expect.stringContaining('retry: backoff must return a number of milliseconds from 0 on, got '),
    })
    expect(inner.calls).toHaveLength(1)
  })

  it.each([
    [{ 'retry-after': '2' }, 2025],
    [{ 'retry-after': '0' }, 25],
    [{ 'retry-after-ms': '120' }, 145],
    [{ 'retry-after': '-5' }, 25],
    [{ 'retry-after': 'garbage' }, 25],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 25],
  ])('obey %o, and spread by the first bound', async (headers, wait) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect(await waitsOf({ backoff: { throttledBase: 50 } }, response(503, headers), 200)).toEqual([wait])
    expect(await waitsOf({}, response(429, { ...headers, 'retry-after-ms': '120' }), 200)).toEqual([145])
  })

  it('obey a date', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000)
    vi.setSystemTime(date.getTime() - 3000)
    expect(await waitsOf({}, response(503, { 'retry-after': date.toUTCString() }), 200)).toEqual([3000])
  })

  it('are not begun when they are longer than maxWait', async () => {
    for (const seconds of ['61', '99999999']) {
      const inner = scriptedFetch(response(503, { 'retry-after': seconds }), 200)
      const { value } = await settled(retry()(inner)(url))
      expect(value?.status).toBe(503)
      expect(attemptsOf(value)?.stopped).toBe('deadline')
      expect(inner.calls).toHaveLength(1)
    }
    expect(await waitsOf({ maxWait: 120_000 }, response(503, { 'retry-after': '61' }), 200)).toHaveLength(1)
  })

  it('are not begun when the total would be over before', async () => {
    const inner = scriptedFetch(response(429, { 'retry-after': '30' }), 200)
    const calling = compose(timeout({ after: 20_000 }), retry())(inner)(url)
    const ended = vi.fn()
    void calling.then(ended)
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toHaveBeenCalled()
    expect((await calling).status).toBe(429)
    expect(attemptsOf(await calling)?.stopped).toBe('deadline')
  })
})

describe('a total and a limit per attempt', () => {
  it('come from the same layer in two places', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const inner = scriptedFetch('hang')
    const started = performance.now()
    const both = compose(timeout({ after: 900 }), retry({ attempts: 9 }), timeout({ after: 300 }))(inner)
    const { reason } = await settled(both(url))
    expect(reason).toMatchObject({ name: 'TimeoutError', limit: 900, phase: 'headers' })
    expect(inner.calls.map(({ at }) => Math.round(at - started))).toEqual([0, 325, 675])
  })

  it('end with the last attempt when that is first', async () => {
    const inner = scriptedFetch('hang')
    const both = compose(timeout({ after: 10_000 }), retry({ attempts: 2 }), timeout({ after: 300 }))(inner)
    const { reason } = await settled(both(url))
    expect(reason).toMatchObject({ name: 'TimeoutError', limit: 300 })
    expect(attemptsOf(reason)?.attempts).toHaveLength(2)
    expect(attemptsOf(reason)?.stopped).toBe('attempts')
  })

  it('take per-call options for the outermost layer of a name', async () => {
    const inner = scriptedFetch('hang')
    const both = compose(timeout({ after: 10_000 }), retry(), timeout({ after: 300 }))(inner)
    const { reason } = await settled(both(url, { timeout: { after: 100 } }))
    expect(reason).toMatchObject({ limit: 100 })
    expect(inner.calls).toHaveLength(1)
  })
})

describe('the budget', () => {
  it('is a bucket for each origin, which failures empty', async () => {
    const inner = scriptedFetch(503)
    const retrying = retry()(inner)
    for (let call = 0; call < 20; call += 1) await settled(retrying(url))
    expect(inner.calls).toHaveLength(20 + 35)
    const last = await settled(retrying(url))
    expect(attemptsOf(last.value)?.stopped).toBe('budget')
    inner.calls.length = 0
    await settled(retrying('http://b.test/'))
    expect(inner.calls).toHaveLength(3)
  })

  it('charges less for throttling', async () => {
    const budget = retryBudget()
    await settled(retry({ budget })(scriptedFetch(429))(url))
    expect(budget.tokensFor(url)).toBe(490)
  })

  it('gets the cost back after a retry that succeeded, and one token for a success at first', async () => {
    const budget = retryBudget({ capacity: 100 })
    const retrying = retry({ budget })(scriptedFetch(503, 503, 200))
    await settled(retrying(url))
    expect(budget.tokensFor(url)).toBe(86)
    await settled(retrying(url))
    expect(budget.tokensFor(url)).toBe(87)
  })

  it('is not charged for a wait that was aborted', async () => {
    const budget = retryBudget()
    const controller = new AbortController()
    const calling = retry({ budget, backoff: () => 1000 })(scriptedFetch(503))(url, { signal: controller.signal })
    await vi.advanceTimersByTimeAsync(500)
    expect(budget.tokensFor(url)).toBe(486)
    controller.abort()
    await settled(calling)
    expect(budget.tokensFor(url)).toBe(500)
  })

  it('may be false, shared, or given for one call', async () => {
    const unlimited = scriptedFetch(503)
    const free = retry({ budget: false })(unlimited)
    for (let call = 0; call < 50; call += 1) await settled(free(url))
    expect(unlimited.calls).toHaveLength(150)
    const budget = retryBudget({ capacity: 28 })
    const [one, two] = [scriptedFetch(503), scriptedFetch(503)]
    await settled(retry({ budget })(one)(url))
    await settled(retry({ budget })(two)(url))
    expect([one.calls.length, two.calls.length]).toEqual([3, 1])
    await settled(retry({ budget })(two)(url, { retry: { budget: false } }))
    expect(two.calls).toHaveLength(4)
  })

  it('is all that concurrent calls share', async () => {
    const attempts = new Map<string, number>()
    const inner = async (input: string | URL | Request): Promise<Response> => {
      const attempt = (attempts.get(String(input)) ?? 0) + 1
      attempts.set(String(input), attempt)
      return new Response(`${input} ${attempt}`, { status: attempt < 3 ? 503 : 200 })
    }
    const retrying = retry({ budget: false })(inner)
    const urls = Array.from({ length: 500 }, (_, call) => `http://a.test/${call}`)
    const { value } = await settled(Promise.all(urls.map(async (each) => (await retrying(each)).text())))
    expect(value).toEqual(urls.map((each) => `${each} 3`))
  })
})

describe("the caller's abort", () => {
  const reasons = [new Error('mine'), 'a string', 0, null, { an: 'object' }, new DOMException('late', 'TimeoutError')]

  it.each(reasons)('%o ends a backoff at once and sends nothing more', async (reason) => {
    const inner = scriptedFetch(503)
    const controller = new AbortController()
    const ended = vi.fn()
    retry({ backoff: () => 10_000 })(inner)(url, { signal: controller.signal }).catch(ended)
    await vi.advanceTimersByTimeAsync(150)
    controller.abort(reason)
    await vi.advanceTimersByTimeAsync(0)
    expect(ended).toHaveBeenCalledExactlyOnceWith(reason)
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(inner.calls).toHaveLength(1)
  })

  it.each(reasons)('%o ends an attempt', async (reason) => {
    const inner = scriptedFetch(503, 'hang')
    const controller = new AbortController()
    const calling = retry()(inner)(url, { signal: controller.signal })
    calling.catch(() => {})
    await vi.advanceTimersByTimeAsync(150)
    expect(inner.calls).toHaveLength(2)
    controller.abort(reason)
    expect((await settled(calling)).reason).toBe(reason)
    expect(inner.calls).toHaveLength(2)
    expect(attemptsOf(reason)).toBeUndefined()
  })

  it('goes before whatever error the fetch makes of it', async () => {
    const controller = new AbortController()
    const retrying = retry({ attempts: 1 })(async () => {
      controller.abort('the reason')
      throw new Error('made up')
    })
    expect((await settled(retrying(url, { signal: controller.signal }))).reason).toBe('the reason')
  })

  it('ends the wait for a Request whose body is still coming', async () => {
    const controller = new AbortController()
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(5)) })
    const init = { method: 'PUT', body, duplex: 'half', signal: controller.signal }
    const request = new Request(url, init)
    const calling = retry()(scriptedFetch(503))(request)
    calling.catch(() => {})
    await vi.advanceTimersByTimeAsync(1000)
    controller.abort('enough')
    expect((await settled(calling)).reason).toBe('enough')
  })
})

describe('the outcome', () => {
  it('is the last response, untouched', async () => {
    const made: Response[] = []
    const retrying = retry()(async () => {
      made.push(new Response(`attempt ${made.length + 1}`, { status: 503 }))
      return made[made.length - 1] ?? Response.error()
    })
    const { value } = await settled(retrying(url))
    expect(value).toBe(made[2])
    expect(value?.bodyUsed).toBe(false)
    expect(await value?.text()).toBe('attempt 3')
  })

  it('is the last error, untouched, and tells the attempts', async () => {
    const error = networkError('ECONNRESET')
    const { reason } = await settled(retry()(scriptedFetch(503, networkError('ECONNREFUSED'), error))(url))
    expect(reason).toBe(error)
    expect(attemptsOf(reason)).toEqual({
      attempts: [
        { status: 503, duration: expect.any(Number), wait: expect.any(Number) },
        { error: expect.any(TypeError), duration: expect.any(Number), wait: expect.any(Number) },
        { error, duration: expect.any(Number) },
      ],
      stopped: 'attempts',
    })
  })

  it('tells of a single attempt that failed, and nothing of one that succeeded', async () => {
    const { value } = await settled(retry()(scriptedFetch(500))(url, { method: 'POST' }))
    expect(attemptsOf(value)).toEqual({
      attempts: [{ status: 500, duration: expect.any(Number) }],
      stopped: 'method',
    })
    expect(attemptsOf((await settled(retry()(scriptedFetch(200))(url))).value)).toBeUndefined()
    expect(attemptsOf(new Response())).toBeUndefined()
    expect(attemptsOf('a reason')).toBeUndefined()
  })

  it('is thrown as it is when it is no error at all', async () => {
    const thrown = { not: 'an error' }
    expect((await settled(retry()(() => Promise.reject(thrown))(url))).reason).toBe(thrown)
  })
})

describe('a test double', () => {
  const twice = new TypeError('retry: fetch returned the same Response twice; make a new one for each call')

  it('that returns the same response again is told so, where the body is thrown away already', async () => {
    const busy = new Response('busy', { status: 503 })
    const inner = scriptedFetch(() => busy)
    const { reason } = await settled(retry()(inner)(url))
    expect(reason).toEqual(twice)
    expect(attemptsOf(reason)?.attempts).toMatchObject([{ status: 503 }, { error: reason }])
    expect(inner.calls).toHaveLength(2)
  })

  it('may return the same response again where that has no body', async () => {
    for (const busy of [new Response(null, { status: 503 }), { ok: false, status: 503 } as Response]) {
      const { value } = await settled(retry()(scriptedFetch(() => busy))(url))
      expect(value).toBe(busy)
      expect(attemptsOf(value)?.attempts).toHaveLength(3)
    }
  })

  it('may be without headers', async () => {
    const double =
      (status: number): Reply =>
      () =>
        ({ ok: status === 200, status, json: async () => ({}) }) as Response
    const { value } = await settled(retry()(scriptedFetch(double(503), double(429), double(200)))(url))
    expect(value?.status).toBe(200)
  })
})

describe('where a test has replaced the timers only', () => {
  it('begins no wait that the total would outlast', async () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const limited = compose(timeout({ after: 10_000 }), retry({ attempts: 9, backoff: () => 4000 }))(scriptedFetch(503))
    const { value, reason } = await settled(limited(url))
    expect(reason).toBeUndefined()
    expect(attemptsOf(value)).toMatchObject({ attempts: [{}, {}, {}], stopped: 'deadline' })
  })
})

describe('onRetry', () => {
  it('is told of each further attempt before the wait', async () => {
    const events: RetryEvent[] = []
    const first = new Response('', { status: 503 })
    const error = networkError('ECONNRESET')
    const onRetry = (event: RetryEvent): void => void events.push(event)
    await settled(retry({ onRetry, backoff: () => 20 })(scriptedFetch(() => first, error, 200))(url))
    expect(events).toEqual([
      { attempt: 1, wait: 20, response: first },
      { attempt: 2, wait: 20, error },
    ])
    expect(events[0]?.response).toBe(first)
  })

  it('is awaited, and what it throws is what the call fails with', async () => {
    const inner = scriptedFetch(503, 200)
    const refusing = retry({ onRetry: () => Promise.reject(new Error('no more')) })
    expect((await settled(refusing(inner)(url))).reason).toEqual(new Error('no more'))
    expect(inner.calls).toHaveLength(1)
  })

  it('gives what it throws the failure as its cause, where it has none, and the attempts', async () => {
    const failure = networkError('ECONNRESET')
    for (const [thrown, cause] of [
      [new Error('no more'), failure],
      [new Error('no more', { cause: 'its own' }), 'its own'],
      [failure, failure.cause],
    ] as const) {
      const onRetry = vi.fn(() => {
        if (onRetry.mock.calls.length === 2) throw thrown
      })
      const { reason } = await settled(retry({ onRetry })(scriptedFetch(503, failure))(url))
      expect(reason).toBe(thrown)
      expect(thrown.cause).toBe(cause)
      expect(attemptsOf(reason)?.attempts).toMatchObject([{ status: 503 }, { error: failure }])
    }
  })

  it('leaves an error alone that has no failure to be caused by, but for the attempts', async () => {
    const thrown = new Error('no more')
    const { reason } = await settled(retry({ onRetry: () => Promise.reject(thrown) })(scriptedFetch(503))(url))
    expect(reason).toBe(thrown)
    expect(thrown).not.toHaveProperty('cause')
    expect(attemptsOf(reason)?.attempts).toMatchObject([{ status: 503 }])
  })

  it('does not hold up an abort', async () => {
    const controller = new AbortController()
    const never = retry({ onRetry: () => new Promise<void>(() => {}) })(scriptedFetch(503))
    const calling = never(url, { signal: controller.signal })
    calling.catch(() => {})
    await vi.advanceTimersByTimeAsync(10)
    const reason = new Error('enough')
    controller.abort(reason)
    expect((await settled(calling)).reason).toBe(reason)
    expect(attemptsOf(reason)).toBeUndefined()
  })
})

describe('per-call options', () => {
  it('change the options that they name, and go no further', async () => {
    const inner = scriptedFetch(503)
    const init = { method: 'PUT', retry: { attempts: 5 } }
    const stack = compose(retry({ attempts: 2, statuses: [503] }), retry({ attempts: 1 }))(inner)
    await settled(stack(url, init))
    expect(inner.calls).toHaveLength(5)
    expect(inner.calls[0]?.init).toEqual({ method: 'PUT' })
    expect(init).toEqual({ method: 'PUT', retry: { attempts: 5 } })
  })

  it('false turns the layer off for the call', async () => {
    const inner = scriptedFetch(503)
    await settled(retry()(inner)(url, { retry: false }))
    expect(inner.calls).toHaveLength(1)
  })
})
