import { Readable } from 'node:stream'
import { compose, type Fetch, type FetchInit, type FetchInput } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { timeout } from '@steadfetch/timeout'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { concurrency, limiter, QueueFullError } from './concurrency.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const url = 'http://a.test/path'

/** Everything that follows from what has happened so far: promises, and the tick in which a body's end is seen. */
const settle = (): Promise<void> => new Promise(setImmediate)

/** One exchange that a test leads. */
interface Exchange {
  readonly input: FetchInput
  readonly init: FetchInit | undefined
  /** The headers come, with a body that is open until {@link end}. */
  respond(): void
  end(): void
  fail(error: unknown): void
}

/** A fetch whose exchanges go on until the test says otherwise; the signal is followed as the platform does. */
function ledFetch(): Fetch & { exchanges: Exchange[]; readonly open: number; readonly peak: number } {
  const exchanges: Exchange[] = []
  let [open, peak] = [0, 0]
  const fetch = (input: FetchInput, init?: FetchInit): Promise<Response> => {
    open += 1
    peak = Math.max(peak, open)
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    let over = false
    const finish = (): void => {
      if (!over) open -= 1
      over = true
    }
    let stream: ReadableStreamDefaultController | undefined
    const body = new ReadableStream({
      start: (controller) => {
        stream = controller
      },
      cancel: finish,
    })
    const fail = (error: unknown): void => {
      finish()
      reject(error)
      stream?.error(error)
    }
    init?.signal?.addEventListener('abort', () => fail(init.signal?.reason), { once: true })
    exchanges.push({
      input,
      init,
      respond: () => resolve(new Response(body)),
      end: () => {
        finish()
        stream?.close()
      },
      fail,
    })
    return promise
  }
  return Object.defineProperties(Object.assign(fetch, { exchanges, open: 0, peak: 0 }), {
    open: { get: () => open },
    peak: { get: () => peak },
  })
}

/** Calls that are made but not awaited yet: what comes of them is kept for later. */
function outcomeOf(calling: Promise<Response>): { readonly settled: boolean; readonly promise: Promise<unknown> } {
  const outcome = {
    settled: false,
    promise: calling.then(
      (response) => response,
      (error: unknown) => error,
    ),
  }
  void outcome.promise.then(() => {
    outcome.settled = true
  })
  return outcome
}

describe('options', () => {
  it.each([
    [undefined, 'concurrency: options must be an object, got undefined'],
    [null, 'concurrency: options must be an object, got null'],
    [10, 'concurrency: options must be an object, got 10'],
    [fetch, 'concurrency: options must be an object, got a function; is it concurrency(options)(fetch)?'],
    [{}, 'concurrency: limit must be a positive integer, got undefined'],
    [{ limit: 0 }, 'concurrency: limit must be a positive integer, got 0'],
    [{ limit: 2.5 }, 'concurrency: limit must be a positive integer, got 2.5'],
    [{ limit: '10' }, 'concurrency: limit must be a positive integer, got "10"'],
    [{ limit: Number.NaN }, 'concurrency: limit must be a positive integer, got NaN'],
    [{ limit: 1, queue: -1 }, 'concurrency: queue must be an integer from 0 on, got -1'],
    [{ limit: 1, queueTimeout: 0 }, 'concurrency: queueTimeout must be a positive number of milliseconds, got 0'],
    [{ limit: 1, per: 'host' }, "concurrency: per must be 'origin', 'global' or a function of the URL"],
    [{ limit: 1, until: 'end' }, "concurrency: until must be 'body' or 'headers', got \"end\""],
    [{ limti: 1 }, 'concurrency: there is no option "limti"; there are limit, queue, queueTimeout, per, until'],
    [{ limiter: {} }, 'concurrency: limiter must be made by limiter(), got an object'],
    [{ limiter: undefined }, 'concurrency: limiter must be made by limiter(), got undefined'],
    [
      { limiter: limiter({ limit: 1 }), limit: 2 },
      'concurrency: give "limit" to limiter(): the shared one has its own',
    ],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(concurrency, undefined, [options])).toThrow(message)
  })

  it.each([
    [true, 'concurrency: per call: options must be an object, got true'],
    [{ limit: 5 }, 'concurrency: per call: there is no option "limit"; there are queueTimeout, until'],
    [{ queueTimeout: -1 }, 'concurrency: queueTimeout must be a positive number of milliseconds, got -1'],
    [{ until: 'now' }, "concurrency: until must be 'body' or 'headers', got \"now\""],
  ])('refuses %o per call, and sends nothing', async (perCall, message) => {
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(concurrency({ limit: 1 })(inner), undefined, [url, { concurrency: perCall }])
    await expect(calling).rejects.toThrow(message)
    expect(inner.calls).toHaveLength(0)
  })

  it('takes Infinity for no limit', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: Infinity })(inner)
    for (let call = 0; call < 1000; call += 1) void limited(url)
    expect(inner.open).toBe(1000)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(concurrency({ limit: 1 }), undefined, [url])).toThrow(
      `concurrency: fetch must be a function, got "${url}"`,
    )
  })
})

describe('a key that is no string', () => {
  it.each([
    [async (asked: URL) => asked.host, 'a promise'],
    [() => ({}), 'an object'],
  ])('is refused by the name of the option, and nothing is sent (%#)', async (per, words) => {
    const inner = scriptedFetch(200)
    const limited = concurrency({ limit: 1, per: per as never })(inner)
    const message = `concurrency: per must return a string, got ${words}`
    await expect(limited(url)).rejects.toThrow(new TypeError(message))
    expect(inner.calls).toHaveLength(0)
  })
})

describe("a body that is one of Node's streams", () => {
  it('holds its slot to its end', async () => {
    const limited = concurrency({ limit: 1, queue: 0 })(async () => {
      return { status: 200, body: Readable.from(['a']) } as unknown as Response
    })
    const response = await limited(url)
    await expect(limited(url)).rejects.toThrow(QueueFullError)
    await Readable.prototype.toArray.call(response.body)
    await settle()
    expect((await limited(url)).status).toBe(200)
  })

  it('that is something else altogether holds none', async () => {
    const limited = concurrency({ limit: 1, queue: 0 })(async () => ({ status: 200, body: 'x' }) as unknown as Response)
    for (let call = 0; call < 3; call += 1) expect((await limited(url)).status).toBe(200)
  })
})

describe('a slot', () => {
  it('makes the call at once when it is free', () => {
    const inner = ledFetch()
    void concurrency({ limit: 1 })(inner)(url)
    expect(inner.open).toBe(1)
  })

  it('is held until the body is read', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 1 })(inner)
    const [first, second] = [limited(url), limited(url)]
    inner.exchanges[0]?.respond()
    const reading = (await first).text()
    await settle()
    expect(inner.exchanges).toHaveLength(1)
    inner.exchanges[0]?.end()
    await reading
    await vi.waitFor(() => expect(inner.exchanges).toHaveLength(2))
    inner.exchanges[1]?.respond()
    await (await second).body?.cancel()
    expect(inner.peak).toBe(1)
  })

  it.each([
    ['a body that is cancelled', () => new Response(new ReadableStream()), (one: Response) => one.body?.cancel()],
    ['a body that fails', () => new Response(failing()), (one: Response) => one.text().catch(() => {})],
    ['a clone that is read to its end with it', () => new Response('text'), readBoth],
    ['a 204', () => new Response(null, { status: 204 }), () => {}],
    ['a 304', () => new Response(null, { status: 304 }), () => {}],
    ['a response to HEAD', () => new Response(null), () => {}],
  ])('is free after %s', async (_, respond, consume) => {
    const limited = concurrency({ limit: 1 })(async () => respond())
    for (let call = 0; call < 5; call += 1) await consume(await limited(url))
  })

  it.each([
    ['an error', scriptedFetch(networkError('ECONNRESET')), 'fetch failed'],
    ['a fetch that throws', throwing, 'thrown at once'],
    ['a fetch that returns no response', returningNothing, 'concurrency: fetch must return a Response, got undefined'],
  ])('is free after %s', async (_, inner, message) => {
    const limited = concurrency({ limit: 1, queueTimeout: 500 })(inner)
    for (let call = 0; call < 5; call += 1) await expect(limited(url)).rejects.toThrow(message)
  })

  it('is free after an abort of the call', async () => {
    const limited = concurrency({ limit: 1, queueTimeout: 500 })(scriptedFetch('hang'))
    for (let call = 0; call < 5; call += 1) {
      const controller = new AbortController()
      const calling = limited(url, { signal: controller.signal })
      await settle()
      controller.abort('mine')
      await expect(calling).rejects.toBe('mine')
    }
  })

  it('is held until the headers only, when it is said so', async () => {
    const endless = async (): Promise<Response> => new Response(new ReadableStream())
    const upstream = limiter({ limit: 1, until: 'headers' })
    const limited = concurrency({ limiter: upstream })(endless)
    for (let call = 0; call < 5; call += 1) await limited(url)
    expect(upstream.stats(url).active).toBe(0)

    await limited(url, { concurrency: { until: 'body' } })
    expect(upstream.stats(url).active).toBe(1)
    const other = concurrency({ limit: 1 })(endless)
    for (let call = 0; call < 5; call += 1) await other(url, { concurrency: { until: 'headers' } })
  })

  it('is one for each origin', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 1 })(inner)
    for (const each of [
      'http://a.test/1',
      'http://a.test/2',
      'http://b.test/',
      'https://a.test/',
      'http://a.test:81/',
    ]) {
      void limited(each)
    }
    await settle()
    expect(inner.exchanges.map(({ input }) => input)).toEqual([
      'http://a.test/1',
      'http://b.test/',
      'https://a.test/',
      'http://a.test:81/',
    ])
  })

  it('is one for all, or by what per makes of the URL', async () => {
    const everywhere = ledFetch()
    const global = concurrency({ limit: 1, per: 'global' })(everywhere)
    for (const host of 'abc') void global(`http://${host}.test/`)
    await settle()
    expect(everywhere.open).toBe(1)

    const tenants = ledFetch()
    const perTenant = concurrency({ limit: 1, per: ({ searchParams }) => searchParams.get('tenant') ?? '' })(tenants)
    for (const tenant of 'aabbc') void perTenant(new Request(`${url}?tenant=${tenant}`))
    await settle()
    expect(tenants.open).toBe(3)
  })

  it('is never taken away by the bound of the table: 3000 origins with calls under way', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(inner)
    for (let round = 0; round < 2; round += 1) {
      for (let origin = 0; origin < 3000; origin += 1) void limited(`http://${origin}.test/`)
    }
    await settle()
    expect(inner.open).toBe(3000)
    expect(upstream.stats()).toEqual({ active: 3000, queued: 3000, limit: 1 })
  })
})

describe('the queue', () => {
  it('is served in the order in which the calls came', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 3 })(inner)
    for (let call = 0; call < 100; call += 1) void limited(`${url}/${call}`).then((response) => response.text())
    for (let call = 0; call < 100; call += 1) {
      await vi.waitFor(() => expect(inner.exchanges.length).toBeGreaterThan(call))
      inner.exchanges[call]?.respond()
      inner.exchanges[call]?.end()
    }
    expect(inner.exchanges.map(({ input }) => input)).toEqual(
      Array.from({ length: 100 }, (_, call) => `${url}/${call}`),
    )
    expect(inner.peak).toBe(3)
  })

  it('is not overtaken by a call that comes in the very tick in which a slot is free again', async () => {
    for (let microtasks = 0; microtasks < 30; microtasks += 1) {
      const inner = ledFetch()
      const limited = concurrency({ limit: 1 })(inner)
      for (const call of 'ab') void outcomeOf(limited(`${url}/${call}`))
      inner.exchanges[0]?.fail('over')
      for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve()
      void outcomeOf(limited(`${url}/c`))
      await settle()
      expect(inner.exchanges.map(({ input }) => input)).toEqual([`${url}/a`, `${url}/b`])
      inner.exchanges[1]?.fail('over')
      await settle()
      expect(inner.exchanges.at(-1)?.input).toBe(`${url}/c`)
      expect(inner.peak).toBe(1)
    }
  })

  it('lets go of the body of a call that it refuses', async () => {
    const limited = concurrency({ limit: 1, queue: 0 })(ledFetch())
    limited(url).catch(() => {})
    const cancelled = vi.fn()
    const body = new ReadableStream({ cancel: cancelled })
    const init: FetchInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    await expect(limited(url, init)).rejects.toThrow(QueueFullError)
    expect(cancelled).toHaveBeenCalledWith(expect.any(QueueFullError))
  })

  it('takes so many calls and refuses the others, the last first', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 2, queue: 3 })
    const limited = concurrency({ limiter: upstream })(inner)
    const calls = Array.from({ length: 8 }, () => outcomeOf(limited(url)))
    const refused = await Promise.all(calls.slice(5).map(({ promise }) => promise))
    for (const error of refused) {
      expect(error).toBeInstanceOf(QueueFullError)
      expect(error).toMatchObject({
        name: 'QueueFullError',
        reason: 'full',
        origin: 'http://a.test',
        limit: 2,
        queued: 3,
      })
    }
    expect(String(refused[0])).toBe(
      'QueueFullError: concurrency: 3 calls wait for one of the 2 slots of http://a.test already; ' +
        'make fewer at a time, or raise queue or limit',
    )
    expect(calls.map(({ settled }) => settled)).toEqual([...Array(5).fill(false), ...Array(3).fill(true)])
    expect(upstream.stats(url)).toEqual({ active: 2, queued: 3, limit: 2 })
    expect(inner.exchanges).toHaveLength(2)
  })

  it('keeps those who came first beyond its bound when it has room for them a moment later', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 1, queue: 1 })(inner)
    const [active, ...waiting] = Array.from({ length: 5 }, () => outcomeOf(limited(url)))
    inner.exchanges[0]?.fail('over')
    expect(await active?.promise).toBe('over')
    const [first, second, ...others] = waiting
    for (const { promise } of others) expect(await promise).toMatchObject({ reason: 'full', queued: 1 })
    expect(inner.exchanges).toHaveLength(2)
    inner.exchanges[1]?.fail('first')
    expect(await first?.promise).toBe('first')
    await vi.waitFor(() => expect(inner.exchanges).toHaveLength(3))
    inner.exchanges[2]?.fail('second')
    expect(await second?.promise).toBe('second')
  })

  it.each([0, 1])('of %i does not refuse those who read one body before they make the next call', async (queue) => {
    const limited = concurrency({ limit: 5, queue })(async () => new Response('text'))
    const loop = async (): Promise<void> => {
      for (let call = 0; call < 50; call += 1) expect(await (await limited(url)).text()).toBe('text')
    }
    await Promise.all(Array.from({ length: 5 + queue }, loop))
  })

  it('of 0 refuses what cannot be made now', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 1, queue: 0 })(inner)
    void limited(url)
    await expect(limited(url)).rejects.toMatchObject({ reason: 'full', queued: 0 })
    expect(inner.exchanges).toHaveLength(1)
  })

  it('has room again when somebody has left it', async () => {
    const inner = ledFetch()
    const limited = concurrency({ limit: 1, queue: 1 })(inner)
    void outcomeOf(limited(url))
    const controller = new AbortController()
    const leaving = outcomeOf(limited(url, { signal: controller.signal }))
    await expect(limited(url)).rejects.toMatchObject({ reason: 'full' })
    controller.abort('left')
    const staying = outcomeOf(limited(url))
    expect(await leaving.promise).toBe('left')
    await expect(limited(url)).rejects.toMatchObject({ reason: 'full' })
    inner.exchanges[0]?.fail(new Error('over'))
    await vi.waitFor(() => expect(inner.exchanges).toHaveLength(2))
    expect(staying.settled).toBe(false)
  })

  it('ends with the time that a call may wait, and starts no timer per call', async () => {
    vi.useFakeTimers()
    const inner = ledFetch()
    const upstream = limiter({ limit: 1, queueTimeout: 1000 })
    const limited = concurrency({ limiter: upstream })(inner)
    void limited(url)
    expect(vi.getTimerCount()).toBe(0)
    const calls = Array.from({ length: 100 }, () => outcomeOf(limited(url)))
    const sooner = outcomeOf(limited(url, { concurrency: { queueTimeout: 10 } }))
    expect(vi.getTimerCount()).toBe(2)
    await vi.advanceTimersByTimeAsync(10)
    expect(await sooner.promise).toMatchObject({ reason: 'timeout', waited: 10, queued: 100 })
    await vi.advanceTimersByTimeAsync(989)
    expect(calls.some(({ settled }) => settled)).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    const error = await calls[0]?.promise
    expect(error).toMatchObject({ reason: 'timeout', origin: 'http://a.test', limit: 1, queued: 99, waited: 1000 })
    expect(String(error)).toContain('waited 1000 ms for the one slot of http://a.test; read or cancel every body')
    expect(calls.every(({ settled }) => settled)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    expect(inner.exchanges).toHaveLength(1)
    expect(upstream.stats(url)).toEqual({ active: 1, queued: 0, limit: 1 })
  })

  it('has five minutes by default, and as long as it takes with Infinity', async () => {
    vi.useFakeTimers()
    const inner = ledFetch()
    const [usual, patient] = [
      concurrency({ limit: 1 })(inner),
      concurrency({ limit: 1, queueTimeout: Infinity })(inner),
    ]
    void usual(url)
    void patient(url)
    const [short, long] = [outcomeOf(usual(url)), outcomeOf(patient(url))]
    await vi.advanceTimersByTimeAsync(299_999)
    expect(short.settled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await short.promise).toMatchObject({ reason: 'timeout', waited: 300_000 })
    await vi.advanceTimersByTimeAsync(1e10)
    expect(long.settled).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says so when all calls share the slots', async () => {
    const limited = concurrency({ limit: 3, per: 'global', queue: 0 })(ledFetch())
    for (let call = 0; call < 3; call += 1) void limited(url)
    await expect(limited(url)).rejects.toMatchObject({
      origin: '',
      message: expect.stringContaining('one of the 3 slots of all calls'),
    })
  })
})

describe('the wait', () => {
  it('ends where a test has replaced the timers and the date only', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const limited = concurrency({ limit: 1, queueTimeout: 1000 })(scriptedFetch('hang'))
    void limited(url)
    const waiting = limited(url).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1000)
    const error = await waiting
    expect(error).toBeInstanceOf(QueueFullError)
    expect(error).toMatchObject({ reason: 'timeout' })
    expect(Reflect.get(Object(error), 'waited')).toBeGreaterThanOrEqual(1000)
  })
})

describe("the caller's abort", () => {
  it.each([new Error('mine'), 'a string', 0, null, { an: 'object' }])(
    'ends the wait at once with %o',
    async (reason) => {
      const inner = ledFetch()
      const upstream = limiter({ limit: 1 })
      const limited = concurrency({ limiter: upstream })(inner)
      void limited(url)
      const controller = new AbortController()
      const waiting = outcomeOf(limited(url, { signal: controller.signal }))
      controller.abort(reason)
      expect(upstream.stats(url).queued).toBe(0)
      expect(await waiting.promise).toBe(reason)
      expect(inner.exchanges).toHaveLength(1)
    },
  )

  it('from before the call takes no slot', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const calling = concurrency({ limiter: upstream })(inner)(url, { signal: AbortSignal.abort('before') })
    expect(upstream.stats(url).active).toBe(0)
    await expect(calling).rejects.toBe('before')
    expect(inner.exchanges).toHaveLength(0)
  })

  it('may come with a Request', async () => {
    const limited = concurrency({ limit: 1 })(ledFetch())
    void limited(url)
    const controller = new AbortController()
    const waiting = limited(new Request(url, { signal: controller.signal }))
    controller.abort('mine')
    await expect(waiting).rejects.toBe('mine')
  })

  it('in the very tick in which the call gets its slot passes the slot on', async () => {
    // However many microtasks lie between the end of one exchange and the start of the next: at one of them it hits.
    const hits = { before: 0, after: 0 }
    for (let microtasks = 0; microtasks < 30; microtasks += 1) {
      const inner = ledFetch()
      const upstream = limiter({ limit: 1 })
      const limited = concurrency({ limiter: upstream })(inner)
      const controller = new AbortController()
      const [first, second, third] = [
        outcomeOf(limited(url)),
        outcomeOf(limited(url, { signal: controller.signal })),
        outcomeOf(limited(url)),
      ]
      inner.exchanges[0]?.fail('over')
      for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve()
      controller.abort('mine')
      hits[inner.exchanges.length === 1 ? 'before' : 'after'] += 1
      expect(await first.promise).toBe('over')
      expect(await second.promise).toBe('mine')
      await settle()
      inner.exchanges.at(-1)?.respond()
      expect(await third.promise).toBeInstanceOf(Response)
      expect(inner.peak).toBe(1)
      expect(upstream.stats(url)).toEqual({ active: 1, queued: 0, limit: 1 })
    }
    expect(hits.before).toBeGreaterThan(0)
    expect(hits.after).toBeGreaterThan(0)
  })

  it('of many, at random moments, never lets more calls be made than the limit', async () => {
    let seed = 7
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const inner = ledFetch()
    const upstream = limiter({ limit: 3 })
    const limited = concurrency({ limiter: upstream })(inner)
    const calls = Array.from({ length: 2000 }, () => {
      const controller = new AbortController()
      const outcome = outcomeOf(limited(url, { signal: controller.signal }))
      return { abort: () => controller.abort('mine'), outcome }
    })
    for (let step = 0; calls.some(({ outcome }) => !outcome.settled); step += 1) {
      calls[random(calls.length)]?.abort()
      for (let index = 0; index < 3; index += 1) inner.exchanges.at(-1 - random(3))?.fail('over')
      for (let turn = random(12); turn > 0; turn -= 1) await Promise.resolve()
      expect(step).toBeLessThan(1e5)
    }
    expect(inner.peak).toBe(3)
    await settle()
    expect(upstream.stats(url)).toEqual({ active: 0, queued: 0, limit: 3 })
  })

  it('leaves no listener, no timer and no memory behind, however many leave a queue that does not move', async () => {
    vi.useFakeTimers()
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    const inner = ledFetch()
    const limited = concurrency({ limit: 1 })(inner)
    void limited(url, { signal })
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController()
      const leaving = Array.from({ length: 100 }, () => outcomeOf(limited(url, { signal: controller.signal })))
      const staying = Array.from({ length: 100 }, () => outcomeOf(limited(url, { signal })))
      expect(add).toHaveBeenCalledTimes(round + 2)
      expect(vi.getTimerCount()).toBe(1)
      controller.abort('left')
      for (const { promise } of leaving) expect(await promise).toBe('left')
      await vi.advanceTimersByTimeAsync(300_000)
      for (const { promise } of staying) expect(await promise).toMatchObject({ reason: 'timeout' })
      expect(vi.getTimerCount()).toBe(0)
      expect(remove).toHaveBeenCalledTimes(round + 1)
    }
  })

  it('keeps nothing of those who have left a queue that does not move', async () => {
    const limited = concurrency({ limit: 1 })(ledFetch())
    void limited(url)
    const leave = async (): Promise<number> => {
      const controller = new AbortController()
      const leaving = Array.from({ length: 50_000 }, () => limited(url, { signal: controller.signal }))
      controller.abort('left')
      await Promise.allSettled(leaving)
      leaving.length = 0
      await settle()
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const before = await leave()
    // Only 40 bytes for each of them would be more.
    expect((await leave()) - before).toBeLessThan(2_000_000)
  })

  it('by a timeout above it ends the wait in time', async () => {
    vi.useFakeTimers()
    const limited = compose(timeout({ after: 100 }), concurrency({ limit: 1 }))(ledFetch())
    void outcomeOf(limited(url, { timeout: false }))
    const waiting = outcomeOf(limited(url))
    await vi.advanceTimersByTimeAsync(100)
    expect(await waiting.promise).toMatchObject({ name: 'TimeoutError', limit: 100 })
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('limiter', () => {
  it('raised starts waiters at once', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(inner)
    for (let call = 0; call < 10; call += 1) void limited(url)
    upstream.limit = 4
    expect(upstream.limit).toBe(4)
    await settle()
    expect(inner.open).toBe(4)
    upstream.limit = Infinity
    await settle()
    expect(inner.open).toBe(10)
  })

  it('raised when a waiter has just left forgets nobody', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(inner)
    const controller = new AbortController()
    void outcomeOf(limited(url))
    void outcomeOf(limited(url, { signal: controller.signal }))
    controller.abort('left')
    upstream.limit = 2
    for (let call = 0; call < 2; call += 1) void outcomeOf(limited(url))
    await settle()
    expect(inner.open).toBe(2)
    inner.exchanges[0]?.fail('over')
    await settle()
    expect(inner.exchanges).toHaveLength(3)
    expect(upstream.stats(url)).toEqual({ active: 2, queued: 0, limit: 2 })
  })

  it('lowered lets the calls under way finish, and starts no more until they are fewer', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 4 })
    const limited = concurrency({ limiter: upstream })(inner)
    const calls = Array.from({ length: 8 }, () => outcomeOf(limited(url)))
    upstream.limit = 2
    expect(upstream.stats(url)).toEqual({ active: 4, queued: 4, limit: 2 })
    for (const [index, open] of [3, 2, 2, 2, 2, 2, 1, 0].entries()) {
      inner.exchanges[index]?.fail('over')
      await settle()
      expect(inner.open).toBe(open)
    }
    expect(calls.every(({ settled }) => settled)).toBe(true)
    expect(inner.peak).toBe(4)
  })

  it('lowered in the very tick in which a slot is given out holds the call back', async () => {
    const seen = new Set<number>()
    for (let microtasks = 0; microtasks < 30; microtasks += 1) {
      const inner = ledFetch()
      const upstream = limiter({ limit: 2 })
      const limited = concurrency({ limiter: upstream })(inner)
      for (let call = 0; call < 4; call += 1) void outcomeOf(limited(url))
      inner.exchanges[0]?.fail('over')
      for (let turn = 0; turn < microtasks; turn += 1) await Promise.resolve()
      const { queued } = upstream.stats(url)
      upstream.limit = 1
      await settle()
      expect(upstream.stats(url).queued).toBe(queued)
      seen.add(queued)
      inner.exchanges[1]?.fail('over')
      await settle()
      expect(inner.open).toBe(1)
    }
    expect([...seen].sort()).toEqual([1, 2])
  })

  it('gives no slot to a call that was aborted before', async () => {
    const upstream = limiter({ limit: 1 })
    const wait = { signal: undefined, queueTimeout: 1000 }
    const release = await upstream.enter(url, wait)
    await expect(upstream.enter(url, { ...wait, signal: AbortSignal.abort('before') })).rejects.toBe('before')
    release()
    await settle()
    expect(upstream.stats(url)).toEqual({ active: 0, queued: 0, limit: 1 })
  })

  it('gives slots in the order of the calls, though one comes in the moment when several are free', async () => {
    const inner = ledFetch()
    const order: string[] = []
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })((input, init) => {
      order.push(String(input).at(-1) ?? '')
      return inner(input, init)
    })
    const start = (call: string): void => void limited(`http://a.test/${call}`).catch(() => {})
    for (const call of ['a', 'b', 'c']) start(call)
    await settle()
    upstream.limit = 3
    await null
    start('d')
    for (let turn = 0; turn < 3; turn += 1) {
      await settle()
      inner.exchanges[turn]?.fail('over')
    }
    await settle()
    expect(order).toEqual(['a', 'b', 'c', 'd'])
  })

  it('takes a slot back once, however often it is given', async () => {
    const upstream = limiter({ limit: 1 })
    const release = await upstream.enter(url, { signal: undefined, queueTimeout: 1000 })
    release()
    release()
    expect(upstream.stats(url)).toEqual({ active: 0, queued: 0, limit: 1 })
  })

  it('refuses a limit that is none, and keeps the one it has', () => {
    const upstream = limiter({ limit: 3 })
    expect(() => {
      upstream.limit = 0
    }).toThrow(new RangeError('concurrency: limit must be a positive integer, got 0'))
    expect(upstream.limit).toBe(3)
  })

  it('limits keys that come after a change by the new limit', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(inner)
    upstream.limit = 2
    for (let call = 0; call < 5; call += 1) void limited(url)
    await settle()
    expect(inner.open).toBe(2)
  })

  it('is of each wrapped fetch, unless it is shared', async () => {
    const inner = ledFetch()
    const own = concurrency({ limit: 1 })
    const [one, two] = [own(inner), own(inner)]
    for (const call of [one, two, one, two]) void call(url)
    await settle()
    expect(inner.open).toBe(2)

    const common = ledFetch()
    const upstream = limiter({ limit: 1 })
    const [three, four] = [concurrency({ limiter: upstream })(common), concurrency({ limiter: upstream })(common)]
    for (const call of [three, four, three, four]) void call(url)
    await settle()
    expect(common.open).toBe(1)
    expect(upstream.stats(url)).toEqual({ active: 1, queued: 3, limit: 1 })
  })

  it('tells how things stand for one URL and for all', () => {
    const upstream = limiter({ limit: 2 })
    const limited = concurrency({ limiter: upstream })(ledFetch())
    for (const host of 'aaab') void limited(`http://${host}.test/`)
    expect(upstream.stats('http://a.test/other')).toEqual({ active: 2, queued: 1, limit: 2 })
    expect(upstream.stats(new URL('http://b.test'))).toEqual({ active: 1, queued: 0, limit: 2 })
    expect(upstream.stats('http://c.test')).toEqual({ active: 0, queued: 0, limit: 2 })
    expect(upstream.stats()).toEqual({ active: 3, queued: 1, limit: 2 })
  })

  it('rejects those who wait when it is closed, and every further call; what is under way finishes', async () => {
    vi.useFakeTimers()
    const inner = ledFetch()
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(inner)
    const [active, first, second] = [outcomeOf(limited(url)), outcomeOf(limited(url)), outcomeOf(limited(url))]
    upstream.close()
    for (const waiting of [first, second, outcomeOf(limited(url)), outcomeOf(limited('http://other.test/'))]) {
      const error = await waiting.promise
      expect(error).toBeInstanceOf(QueueFullError)
      expect(error).toMatchObject({ reason: 'closed', message: 'concurrency: the limiter was closed' })
    }
    expect(vi.getTimerCount()).toBe(0)
    expect(inner.exchanges).toHaveLength(1)
    inner.exchanges[0]?.respond()
    expect(await active.promise).toBeInstanceOf(Response)
    void limited(url, { concurrency: false })
    expect(inner.exchanges).toHaveLength(2)
  })

  it('can be closed by using', async () => {
    const { limited, waiting } = (() => {
      using upstream = limiter({ limit: 1 })
      const limited = concurrency({ limiter: upstream })(ledFetch())
      void limited(url)
      return { limited, waiting: outcomeOf(limited(url)) }
    })()
    expect(await waiting.promise).toMatchObject({ reason: 'closed' })
    await expect(limited(url)).rejects.toMatchObject({ reason: 'closed' })
  })
})

describe('per-call options', () => {
  it('false makes the call whatever is under way, and does not count it', async () => {
    const inner = ledFetch()
    const upstream = limiter({ limit: 1, queue: 0 })
    const limited = concurrency({ limiter: upstream })(inner)
    void limited(url)
    void limited(url, { concurrency: false })
    expect(inner.open).toBe(2)
    expect(inner.exchanges[1]?.init).not.toHaveProperty('concurrency')
    expect(upstream.stats(url).active).toBe(1)
  })

  it('go to the outermost layer of the name, and not further; the caller keeps its own', async () => {
    const inner = ledFetch()
    const [outer, below] = [limiter({ limit: 1 }), limiter({ limit: 1, per: 'global' })]
    const limited = compose(concurrency({ limiter: outer }), concurrency({ limiter: below }))(inner)
    const init = { concurrency: { until: 'headers' as const }, method: 'PUT' }
    const calling = limited(url, init)
    await settle()
    inner.exchanges[0]?.respond()
    await calling
    expect([outer.stats().active, below.stats().active]).toEqual([0, 1])
    expect(init).toEqual({ concurrency: { until: 'headers' }, method: 'PUT' })
    expect(inner.exchanges[0]?.init).toEqual({ method: 'PUT' })
  })
})

describe('with a retry', () => {
  it('below it, holds no slot in the backoff', async () => {
    vi.useFakeTimers()
    const upstream = limiter({ limit: 1 })
    const inner = scriptedFetch(503, 200)
    const stack = compose(retry({ backoff: () => 1000 }), concurrency({ limiter: upstream }))(inner)
    const calling = outcomeOf(stack(url))
    await vi.advanceTimersByTimeAsync(500)
    expect(inner.calls).toHaveLength(1)
    expect(upstream.stats(url)).toEqual({ active: 0, queued: 0, limit: 1 })
    const other = outcomeOf(stack(url))
    await vi.advanceTimersByTimeAsync(1)
    expect(other.settled).toBe(true)
    await vi.advanceTimersByTimeAsync(500)
    expect(inner.calls).toHaveLength(2)
    void ((await other.promise) as Response).text()
    await vi.advanceTimersByTimeAsync(1)
    expect(await calling.promise).toMatchObject({ status: 200 })
    expect(inner.calls).toHaveLength(3)
  })

  it('above it, counts whole operations', async () => {
    vi.useFakeTimers()
    const upstream = limiter({ limit: 1 })
    const inner = scriptedFetch(503, 200)
    const stack = compose(concurrency({ limiter: upstream }), retry({ backoff: () => 1000 }))(inner)
    const calling = outcomeOf(stack(url))
    void stack(url)
    await vi.advanceTimersByTimeAsync(999)
    expect(inner.calls).toHaveLength(1)
    expect(upstream.stats(url)).toEqual({ active: 1, queued: 1, limit: 1 })
    await vi.advanceTimersByTimeAsync(1)
    expect(await calling.promise).toMatchObject({ status: 200 })
    expect(inner.calls).toHaveLength(2)
  })

  it('is not retried when there is no slot to be had', async () => {
    const inner = ledFetch()
    const onRetry = vi.fn()
    const stack = compose(retry({ onRetry }), concurrency({ limit: 1, queue: 0 }))(inner)
    void stack(url)
    await expect(stack(url)).rejects.toBeInstanceOf(QueueFullError)
    expect(onRetry).not.toHaveBeenCalled()
  })
})

describe('the response', () => {
  it('is the one that was made', async () => {
    const response = new Response('text', { headers: { 'x-one': '1' } })
    const result = await concurrency({ limit: 1 })(async () => response)(url)
    expect(result).toBe(response)
    expect([result.bodyUsed, result.body?.locked]).toEqual([false, false])
    expect(Reflect.ownKeys(result)).toEqual(Reflect.ownKeys(new Response('text')))
    expect(await result.clone().text()).toBe(await result.text())
  })
})

function failing(): ReadableStream {
  return new ReadableStream({ pull: (stream) => stream.error(networkError('ECONNRESET')) })
}

async function readBoth(response: Response): Promise<void> {
  await Promise.all([response.clone().text(), response.text()])
}

function throwing(): Promise<Response> {
  throw new Error('thrown at once')
}

function returningNothing(): Promise<Response> {
  return Reflect.get({}, 'response')
}

describe('what is asked or done in a wrong way', () => {
  it('is refused where the stats are asked for by what is no URL', () => {
    expect(() => limiter({ limit: 1 }).stats('a.test')).toThrow('limiter: a URL with its scheme is needed')
  })

  it('is said as it is where nobody may wait', () => {
    const refusal = { origin: 'http://a.test', reason: 'full', limit: 1, queued: 0, waited: 0 } as const
    expect(new QueueFullError(refusal).message).toContain('nobody may wait for the one slot of http://a.test')
  })
})
