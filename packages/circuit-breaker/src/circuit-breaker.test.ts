import { networkError, type Reply, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type CircuitBreakerOptions,
  CircuitOpenError,
  circuitBreaker,
  circuits,
  type StateChange,
} from './circuit-breaker.ts'

const url = 'http://a.test/path'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What comes of a call: its status, or the error it fails with. */
async function outcome(calling: Promise<Response>): Promise<unknown> {
  const result = await calling.then(
    ({ status }) => status,
    (error: unknown) => error,
  )
  await vi.advanceTimersByTimeAsync(0)
  return result
}

/** A breaker over a script, with its circuits to look at. */
function breaking(
  options: Omit<CircuitBreakerOptions, 'circuits'>,
  ...replies: Reply[]
): {
  call: (init?: RequestInit & { circuitBreaker?: false }) => Promise<unknown>
  calls: (count: number) => Promise<unknown[]>
  inner: ReturnType<typeof scriptedFetch>
  table: ReturnType<typeof circuits>
  changes: StateChange[]
} {
  const changes: StateChange[] = []
  const table = circuits({ ...options, onStateChange: (change) => changes.push(change) })
  const inner = scriptedFetch(...replies)
  const fetch = circuitBreaker({ circuits: table })(inner)
  const call = (init?: RequestInit & { circuitBreaker?: false }): Promise<unknown> => outcome(fetch(url, init))
  const calls = async (count: number): Promise<unknown[]> => {
    const results: unknown[] = []
    for (let index = 0; index < count; index += 1) results.push(await call())
    return results
  }
  return { call, calls, inner, table, changes }
}

/** A failure every so many calls, the last of them. */
function failing(every: number, calls: number): Reply[] {
  return Array.from({ length: calls }, (_, call) => (call % every === every - 1 ? 503 : 200))
}

describe('options', () => {
  it.each([
    [{ failureRate: 0 }, 'circuitBreaker: failureRate must be a number above 0 and up to 1, got 0'],
    [{ failureRate: 50 }, 'circuitBreaker: failureRate must be a number above 0 and up to 1, got 50'],
    [{ minimumCalls: 0 }, 'circuitBreaker: minimumCalls must be a positive integer, got 0'],
    [{ window: -1 }, 'circuitBreaker: window must be a positive number of milliseconds, got -1'],
    [{ failuresInARow: 1.5 }, 'circuitBreaker: failuresInARow must be a positive integer, got 1.5'],
    [{ openTime: '2s' }, 'circuitBreaker: openTime must be a positive number of milliseconds, got "2s"'],
    [{ maxOpenTime: 0 }, 'circuitBreaker: maxOpenTime must be a positive number of milliseconds, got 0'],
    [{ per: 'host' }, "circuitBreaker: per must be 'origin', 'global' or a function of the URL"],
    [{ onStateChange: 1 }, 'circuitBreaker: onStateChange must be a function, got 1'],
    [{ threshold: 5 }, 'circuitBreaker: there is no option "threshold"; there are per, failureRate,'],
    [{ circuits: {} }, 'circuitBreaker: circuits must be made by circuits(), got an object'],
    [{ circuits: circuits(), window: 5 }, 'circuitBreaker: give "window" to circuits(): the shared ones have theirs'],
    [null, 'circuitBreaker: options must be an object, got null'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(circuitBreaker, undefined, [options])).toThrow(message)
  })

  it('refuses a per-call option other than false, and sends nothing', async () => {
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(circuitBreaker()(inner), undefined, [url, { circuitBreaker: { window: 5 } }])
    await expect(calling).rejects.toThrow('circuitBreaker: per call it is false or absent, got an object')
    expect(inner.calls).toHaveLength(0)
  })
})

describe('a closed circuit', () => {
  it('lets go of the body of a call that is not made', async () => {
    const { call, table } = breaking({}, 200)
    table.isolate(url)
    const cancelled = vi.fn()
    const body = new ReadableStream({ cancel: cancelled })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    expect(await call(init)).toBeInstanceOf(CircuitOpenError)
    expect(cancelled).toHaveBeenCalledWith(expect.any(CircuitOpenError))
  })

  it('opens after five failures in a row, however few calls there are', async () => {
    const { calls, inner, table, changes } = breaking({}, 503)
    expect(await calls(5)).toEqual([503, 503, 503, 503, 503])
    expect(table.stateOf(url)).toBe('open')
    expect(await calls(3)).toEqual(Array.from({ length: 3 }, () => expect.any(CircuitOpenError)))
    expect(inner.calls).toHaveLength(5)
    expect(changes).toEqual([{ origin: 'http://a.test', from: 'closed', to: 'open', retryAt: Date.now() + 2000 }])
  })

  it('opens for a service with two calls a minute', async () => {
    const { call, table } = breaking({}, networkError('ECONNREFUSED'))
    for (let minute = 0; minute < 5; minute += 1) {
      await call()
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(table.stateOf(url)).toBe('half-open')
  })

  it('opens when half of at least twenty calls fail', async () => {
    const { calls, table } = breaking({}, ...failing(2, 20))
    await calls(19)
    expect(table.stateOf(url)).toBe('closed')
    await calls(1)
    expect(table.stateOf(url)).toBe('open')
  })

  it('stays closed below the rate', async () => {
    const { calls, table } = breaking({}, ...failing(3, 400))
    await calls(400)
    expect(table.stateOf(url)).toBe('closed')
  })

  it('counts a success by when it came, not by when the one before it did', async () => {
    const { call, calls, table } = breaking({ minimumCalls: 1, window: 1000 }, 200, 200, 200, 200, 503)
    await call()
    await vi.advanceTimersByTimeAsync(900)
    await calls(3)
    await vi.advanceTimersByTimeAsync(500)
    expect(await call()).toBe(503)
    expect(table.stateOf(url)).toBe('closed')
  })

  it('does not count a failure of a call that its caller has aborted, whatever the failure', async () => {
    const { call, table } = breaking({ failuresInARow: 1 }, async () => {
      controller.abort()
      throw networkError('ECONNRESET')
    })
    const controller = new AbortController()
    await call({ signal: controller.signal })
    expect(table.stateOf(url)).toBe('closed')
  })

  it('forgets what is older than the window', async () => {
    const { calls, call, table } = breaking({ failuresInARow: 1000 }, 503)
    await calls(19)
    await vi.advanceTimersByTimeAsync(30_001)
    await call()
    expect(table.stateOf(url)).toBe('closed')
  })

  it.each([200, 204, 301, 304, 400, 401, 404, 429])('does not count a %i as a failure', async (status) => {
    const { calls, table } = breaking({ failuresInARow: 2 }, status)
    await calls(50)
    expect(table.stateOf(url)).toBe('closed')
  })

  it.each([404, 429])('takes a %i for neither failure nor success', async (status) => {
    const { calls, table } = breaking({}, 503, 503, status, 503, 503, status, 503)
    await calls(7)
    expect(table.stateOf(url)).toBe('open')
  })

  it.each([
    networkError('ECONNRESET'),
    networkError('ENOTFOUND'),
    networkError('CERT_HAS_EXPIRED'),
    new TypeError('Failed to fetch'),
    Object.assign(new Error('too late'), { name: 'TimeoutError' }),
    Object.assign(new Error('503'), { name: 'HttpError', status: 503 }),
  ])('counts %s', async (error) => {
    const { calls, table } = breaking({}, error)
    expect(await calls(5)).toEqual(Array(5).fill(error))
    expect(table.stateOf(url)).toBe('open')
  })

  it.each([
    Object.assign(new Error('full'), { name: 'QueueFullError' }),
    Object.assign(new Error('open'), { name: 'CircuitOpenError' }),
    Object.assign(new Error('404'), { name: 'HttpError', status: 404 }),
    new TypeError('Failed to parse URL from nope'),
    new Error('from a middleware'),
  ])('does not count %s', async (error) => {
    const { calls, table } = breaking({}, error)
    await calls(50)
    expect(table.stateOf(url)).toBe('closed')
  })

  it("does not count a caller's abort, but its AbortSignal.timeout", async () => {
    for (const [reason, state] of [
      [undefined, 'closed'],
      ['mine', 'closed'],
      [new DOMException('late', 'TimeoutError'), 'open'],
    ]) {
      const { call, table } = breaking({}, 'hang')
      for (let index = 0; index < 10; index += 1) {
        const controller = new AbortController()
        const calling = call({ signal: controller.signal })
        controller.abort(reason)
        await calling
      }
      expect(table.stateOf(url)).toBe(state)
    }
  })

  it('counts a body that fails later as one failure more', async () => {
    const failing = (): Response =>
      new Response(new ReadableStream({ pull: (stream) => stream.error(networkError('ECONNRESET')) }))
    const { inner, table } = breaking({ failuresInARow: 1 }, failing)
    const response = await circuitBreaker({ circuits: table })(inner)(url)
    expect(table.stateOf(url)).toBe('closed')
    await expect(response.text()).rejects.toThrow('fetch failed')
    await vi.advanceTimersByTimeAsync(1)
    expect(table.stateOf(url)).toBe('open')
  })
})

describe('a test double without headers', () => {
  it.each([200, 404, 503])('with status %i is a response as any other', async (status) => {
    const double = { ok: status === 200, status, json: async () => ({}) } as unknown as Response
    const { call, table } = breaking({ failuresInARow: 2 }, () => double)
    expect(await call()).toBe(status)
    expect(await call()).toBe(status)
    expect(table.stateOf(url)).toBe(status === 503 ? 'open' : 'closed')
  })
})

describe('a signal that has aborted before', () => {
  it.each(['closed', 'open', 'isolated'])('wins with its reason over a circuit that is %s', async (state) => {
    const { call, calls, inner, table } = breaking({ failuresInARow: 1 }, state === 'open' ? 503 : 200)
    if (state === 'open') await calls(1)
    if (state === 'isolated') table.isolate(url)
    const before = inner.calls.length
    for (const reason of [new Error('mine'), 0, null]) {
      expect(await call({ signal: AbortSignal.abort(reason) })).toBe(reason)
    }
    expect(inner.calls).toHaveLength(before)
    expect(table.stateOf(url)).toBe(state)
  })

  it('takes no probe', async () => {
    const { call, calls, table } = breaking({ failuresInARow: 1 }, 503, 200)
    await calls(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(await call({ signal: AbortSignal.abort('mine') })).toBe('mine')
    expect(await call()).toBe(200)
    expect(table.stateOf(url)).toBe('closed')
  })
})

describe('where a test has replaced the timers and the date only', () => {
  beforeEach(() => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  })

  it('gives up on a probe that hangs', async () => {
    const { call, calls, table } = breaking({ failuresInARow: 1 }, 503, 'hang', 200)
    await calls(1)
    await vi.advanceTimersByTimeAsync(2000)
    void call()
    await vi.advanceTimersByTimeAsync(1000)
    expect(await call()).toBeInstanceOf(CircuitOpenError)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await call()).toBe(200)
    expect(table.stateOf(url)).toBe('closed')
  })

  it('forgets what is older than the window', async () => {
    const options = { failuresInARow: 100, minimumCalls: 4, window: 1000 }
    const { calls, table } = breaking(options, 503, 503, 503, 200, 200, 503, 200)
    await calls(3)
    await vi.advanceTimersByTimeAsync(2000)
    await calls(4)
    expect(table.stateOf(url)).toBe('closed')
  })
})

describe('an open circuit', () => {
  it('says for which origin, and until when', async () => {
    const { calls, call } = breaking({}, 503)
    await calls(5)
    await vi.advanceTimersByTimeAsync(500)
    expect(await call()).toMatchObject({
      name: 'CircuitOpenError',
      origin: 'http://a.test',
      retryAt: Date.now() + 1500,
      message: `circuit-breaker: the circuit of http://a.test is open until ${new Date(Date.now() + 1500).toISOString()}`,
    })
  })

  it('that somebody has isolated is open until they close it', async () => {
    const { call, table } = breaking({}, 200)
    table.isolate(url)
    expect(await call()).toMatchObject({
      retryAt: Infinity,
      message: 'circuit-breaker: the circuit of http://a.test is open until it is closed by hand',
    })
  })

  it.each([2 ** 31, 30 * 24 * 3_600_000, Infinity])(
    'may be open longer than timers can be: %d ms',
    async (openTime) => {
      const { calls, call, inner, table } = breaking({ openTime, maxOpenTime: openTime, failuresInARow: 1 }, 503)
      await call()
      await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
      expect(await calls(2)).toEqual([expect.any(CircuitOpenError), expect.any(CircuitOpenError)])
      expect(table.stateOf(url)).toBe('open')
      expect(inner.calls).toHaveLength(1)
      if (openTime === Infinity) return
      await vi.advanceTimersByTimeAsync(openTime)
      expect(await call()).toBe(503)
      expect(await call()).toBeInstanceOf(CircuitOpenError)
      expect(inner.calls).toHaveLength(2)
    },
  )

  it('is left alone for as long as a server asks, where nothing caps that', async () => {
    const month = 30 * 24 * 3600
    const inner = scriptedFetch(async () => new Response(null, { status: 503, headers: { 'retry-after': `${month}` } }))
    const fetch = circuitBreaker({ failuresInARow: 1, maxOpenTime: Infinity })(inner)
    await outcome(fetch(url))
    await vi.advanceTimersByTimeAsync(month * 1000 - 1)
    expect(await outcome(fetch(url))).toBeInstanceOf(CircuitOpenError)
    expect(inner.calls).toHaveLength(1)
  })

  it('lets nothing through when its turning half-open makes somebody isolate it', async () => {
    const inner = scriptedFetch(503)
    const table = circuits({ failuresInARow: 1, onStateChange: ({ to }) => to === 'half-open' && table.isolate(url) })
    const fetch = circuitBreaker({ circuits: table })(inner)
    await outcome(fetch(url))
    // Its timer is late.
    vi.setSystemTime(Date.now() + 60_000)
    expect(await outcome(fetch(url))).toMatchObject({ name: 'CircuitOpenError', retryAt: Infinity })
    expect(inner.calls).toHaveLength(1)
  })

  it('lets a probe through after its time, which doubles up to a bound', async () => {
    const { calls, call, inner, changes } = breaking({}, 503)
    await calls(5)
    for (const time of [2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      await vi.advanceTimersByTimeAsync(time - 1)
      expect(await call()).toBeInstanceOf(CircuitOpenError)
      await vi.advanceTimersByTimeAsync(1)
      expect(await call()).toBe(503)
    }
    expect(inner.calls).toHaveLength(5 + 6)
    expect(changes.map(({ to }) => to)).toEqual(['open', ...Array(6).fill(['half-open', 'open']).flat()])
  })

  it.each([
    [0, 1600],
    [1 - Number.EPSILON, 2400],
  ])('spreads its time by 20 %% either way (%d)', async (random, time) => {
    vi.spyOn(Math, 'random').mockReturnValue(random)
    const { calls, changes } = breaking({}, 503)
    await calls(5)
    expect(Math.round((changes[0]?.retryAt ?? 0) - Date.now())).toBe(time)
  })

  it('stays open for longer when the server asks for it, up to the bound', async () => {
    for (const [asked, time] of [
      ['10', 10_000],
      ['1', 2000],
      ['99999999', 30_000],
      ['nonsense', 2000],
    ] as const) {
      const busy = (): Response => new Response('', { status: 503, headers: { 'retry-after': asked } })
      const { calls, changes } = breaking({}, busy)
      await calls(5)
      expect((changes[0]?.retryAt ?? 0) - Date.now()).toBe(time)

      const thrown = async (): Promise<Response> => {
        throw Object.assign(new Error('busy'), { name: 'HttpError', status: 503, response: busy() })
      }
      const below = breaking({}, thrown)
      await below.calls(5)
      expect((below.changes[0]?.retryAt ?? 0) - Date.now()).toBe(time)
    }
  })

  it('makes the call, and does not count it, with circuitBreaker: false', async () => {
    const { calls, call, inner, table } = breaking({}, 503)
    await calls(5)
    expect(await call({ circuitBreaker: false })).toBe(503)
    expect(inner.calls.at(-1)?.init).not.toHaveProperty('circuitBreaker')
    expect(table.stateOf(url)).toBe('open')
  })
})

describe('a half-open circuit', () => {
  async function halfOpen(...replies: Reply[]): Promise<ReturnType<typeof breaking>> {
    const opened = breaking({}, 503, 503, 503, 503, 503, ...replies)
    await opened.calls(5)
    await vi.advanceTimersByTimeAsync(2000)
    expect(opened.table.stateOf(url)).toBe('half-open')
    return opened
  }

  it('lets one of a hundred concurrent callers through', async () => {
    const { call, inner, table } = await halfOpen(200)
    const results = await Promise.all(Array.from({ length: 100 }, () => call()))
    expect(results.filter((result) => result === 200)).toHaveLength(1)
    expect(results.filter((result) => result instanceof CircuitOpenError)).toHaveLength(99)
    expect(inner.calls).toHaveLength(6)
    expect(table.stateOf(url)).toBe('closed')
  })

  it.each([200, 204, 404])('closes after a %i, with an empty window', async (status) => {
    const { calls, table } = await halfOpen(status, 503, 200)
    await calls(2)
    expect(table.stateOf(url)).toBe('closed')
    const later = await halfOpen(200, 503, 503, 503, 503, 200)
    await later.calls(6)
    expect(later.table.stateOf(url)).toBe('closed')
  })

  it('starts with the first open time again once it was closed', async () => {
    const { calls, call, changes } = await halfOpen(200, 503)
    await call()
    await calls(5)
    expect((changes.at(-1)?.retryAt ?? 0) - Date.now()).toBe(2000)
  })

  it("is as it was after a probe's caller has aborted, or been refused elsewhere", async () => {
    const { call, inner, table } = await halfOpen(
      'hang',
      Object.assign(new Error(), { name: 'QueueFullError' }),
      429,
      200,
    )
    const controller = new AbortController()
    const probe = call({ signal: controller.signal })
    controller.abort('mine')
    expect(await probe).toBe('mine')
    await call()
    await call()
    expect(table.stateOf(url)).toBe('half-open')
    expect(await call()).toBe(200)
    expect(table.stateOf(url)).toBe('closed')
    expect(inner.calls).toHaveLength(9)
  })

  it('gives up on a probe that hangs, and does not listen to it any more', async () => {
    const late = Promise.withResolvers<Response>()
    const { call, inner, table } = await halfOpen(() => late.promise, 'hang', 200)
    const hanging = call()
    expect(await call()).toMatchObject({ name: 'CircuitOpenError', retryAt: Date.now() + 2000 })
    await vi.advanceTimersByTimeAsync(2000)
    void call()
    await vi.advanceTimersByTimeAsync(1000)
    late.resolve(new Response('', { status: 503 }))
    expect(await hanging).toBe(503)
    expect(table.stateOf(url)).toBe('half-open')
    expect(await call()).toBeInstanceOf(CircuitOpenError)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await call()).toBe(200)
    expect(inner.calls).toHaveLength(8)
  })

  it('is decided by the headers of the probe, whose body may never be read', async () => {
    const { call, table } = await halfOpen(() => new Response(new ReadableStream()))
    expect(await call()).toBe(200)
    expect(table.stateOf(url)).toBe('closed')
  })

  it('hears nothing of calls from before it opened', async () => {
    const [success, failure] = [Promise.withResolvers<Response>(), Promise.withResolvers<Response>()]
    const { call, calls, table } = breaking(
      {},
      () => success.promise,
      () => failure.promise,
      503,
    )
    const stale = [call(), call()]
    await calls(5)
    await vi.advanceTimersByTimeAsync(2000)
    success.resolve(new Response())
    failure.resolve(new Response('', { status: 503 }))
    expect(await Promise.all(stale)).toEqual([200, 503])
    expect(table.stateOf(url)).toBe('half-open')
  })
})

describe('circuits', () => {
  it('are one for each origin, or by what per says', async () => {
    const inner = scriptedFetch(503)
    const byOrigin = circuits()
    const fetch = circuitBreaker({ circuits: byOrigin })(inner)
    for (let call = 0; call < 5; call += 1) await outcome(fetch(url))
    expect(['http://a.test/x', 'http://b.test/', 'http://a.test:81/'].map(byOrigin.stateOf)).toEqual([
      'open',
      'closed',
      'closed',
    ])
    const byTenant = circuits({ per: ({ searchParams }) => searchParams.get('tenant') ?? '' })
    const perTenant = circuitBreaker({ circuits: byTenant })(inner)
    for (let call = 0; call < 5; call += 1) await outcome(perTenant(`${url}?tenant=a`))
    expect(byTenant.stateOf('http://b.test/?tenant=a')).toBe('open')
    expect(byTenant.stateOf(`${url}?tenant=b`)).toBe('closed')
  })

  it('are of each wrapped fetch, unless they are shared', async () => {
    const [inner, table] = [scriptedFetch(503), circuits()]
    const own = circuitBreaker()
    const [one, two] = [own(inner), own(inner)]
    for (let call = 0; call < 5; call += 1) await outcome(one(url))
    expect(await outcome(one(url))).toBeInstanceOf(CircuitOpenError)
    expect(await outcome(two(url))).toBe(503)
    const [three, four] = [circuitBreaker({ circuits: table })(inner), circuitBreaker({ circuits: table })(inner)]
    for (let call = 0; call < 5; call += 1) await outcome(three(url))
    expect(await outcome(four(url))).toBeInstanceOf(CircuitOpenError)
  })

  it('refuse to be switched by what is no URL', () => {
    const table = circuits()
    for (const member of ['stateOf', 'isolate', 'reset'] as const) {
      expect(() => table[member]('api.example.com')).toThrow('circuits: a URL with its scheme is needed')
    }
    expect(circuits({ per: 'global' }).stateOf('')).toBe('closed')
  })

  it('can be isolated and reset by hand', async () => {
    const { call, inner, table, changes } = breaking({}, 200)
    table.isolate(url)
    expect(await call()).toMatchObject({ name: 'CircuitOpenError', retryAt: Infinity })
    await vi.advanceTimersByTimeAsync(1e9)
    expect(table.stateOf(url)).toBe('isolated')
    table.reset(url)
    expect(await call()).toBe(200)
    expect(inner.calls).toHaveLength(1)
    expect(changes.map(({ to }) => to)).toEqual(['isolated', 'closed'])
  })

  it('have no timer but while one is open, and none when they are disposed of', async () => {
    const table = circuits()
    const fetch = circuitBreaker({ circuits: table })(scriptedFetch(503))
    for (let origin = 0; origin < 20_000; origin += 1) await fetch(`http://${origin}.test/`)
    expect(vi.getTimerCount()).toBe(0)
    for (let call = 0; call < 5; call += 1) await outcome(fetch('http://open.test/'))
    expect(vi.getTimerCount()).toBe(1)
    table[Symbol.dispose]()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('end with what has made room for others, also under calls that go on', async () => {
    const late = Promise.withResolvers<Response>()
    const table = circuits()
    const fetch = circuitBreaker({ circuits: table })(scriptedFetch(() => late.promise, 200))
    const first = outcome(fetch('http://first.test/'))
    for (let origin = 0; origin < 1000; origin += 1) await fetch(`http://${origin}.test/`)
    late.resolve(new Response())
    expect(await first).toBe(200)
    expect(table.stateOf('http://first.test/')).toBe('closed')
  })

  it('that are isolated stay so, however many others there are', async () => {
    const table = circuits()
    table.isolate(url)
    const fetch = circuitBreaker({ circuits: table })(scriptedFetch(200))
    for (let origin = 0; origin < 3000; origin += 1) await fetch(`http://${origin}.test/`)
    expect(table.stateOf(url)).toBe('isolated')
  })

  it('report what onStateChange throws, and go on', async () => {
    const uncaught = vi.fn()
    process.prependOnceListener('uncaughtException', uncaught)
    const listeners = process.listeners('uncaughtException').filter((listener) => listener !== uncaught)
    for (const listener of listeners) process.off('uncaughtException', listener)
    const table = circuits({
      failuresInARow: 1,
      onStateChange: () => {
        throw new Error('from the listener')
      },
    })
    expect(await outcome(circuitBreaker({ circuits: table })(scriptedFetch(503))(url))).toBe(503)
    expect(table.stateOf(url)).toBe('open')
    vi.useRealTimers()
    await new Promise(setImmediate)
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(uncaught).toHaveBeenCalledWith(new Error('from the listener'), 'uncaughtException')
  })
})
