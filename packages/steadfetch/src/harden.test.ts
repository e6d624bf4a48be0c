import { circuits } from '@steadfetch/circuit-breaker'
import { attemptsOf, compose, errorKind, type Fetch } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  bearer,
  cookieJar,
  HttpError,
  harden,
  limiter,
  type PerCall,
  PolicyError,
  standard,
  TimeoutError,
} from './steadfetch.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())
beforeEach(() => server.reset())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})
expectNoUnhandledRejection()

const url = 'http://a.test/'
const quick = { backoff: () => 1 }

describe('harden()', () => {
  it('is a fetch that tries again, over real sockets', async () => {
    const response = await harden({ retry: quick })(server.url('/flaky', { fail: 2, key: 'harden' }))
    expect([response.status, server.hits('harden')]).toEqual([200, 3])
    expect(attemptsOf(response)?.attempts).toHaveLength(3)
  })

  it('needs no policy, and stands wherever fetch does', async () => {
    const hardened: typeof fetch = harden()
    expect(await (await hardened(server.url('/json'))).json()).toEqual({ ok: true })
  })

  it('looks the global fetch up when it is called', async () => {
    const hardened = harden()
    const stub = scriptedFetch(201)
    vi.stubGlobal('fetch', stub)
    expect((await hardened(url)).status).toBe(201)
    vi.unstubAllGlobals()
    expect((await hardened(server.url('/json'))).status).toBe(200)
    expect(stub.calls).toHaveLength(1)
  })

  it('takes a fetch to stand on, and refuses what is none', async () => {
    const inner = scriptedFetch(networkError('ECONNRESET'), 200)
    expect((await harden({ retry: quick }, inner)(url)).status).toBe(200)
    expect(inner.calls).toHaveLength(2)
    expect(() => Reflect.apply(harden, undefined, [{}, url])).toThrow('harden: fetch must be a function')
  })

  it('limits each attempt, and the whole call', async () => {
    vi.useFakeTimers()
    const inner = scriptedFetch('hang')
    const calling = harden({}, inner)(url).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(inner.calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(inner.calls).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await calling).toMatchObject({ name: 'TimeoutError', option: 'headers' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('breaks no long download, and no stream of events', async () => {
    vi.useFakeTimers()
    const ended = Promise.withResolvers<void>()
    const start = async (controller: ReadableStreamDefaultController): Promise<void> => {
      await ended.promise
      controller.close()
    }
    const slow: Fetch = async () => new Response(new ReadableStream({ start: (controller) => void start(controller) }))
    const reading = (await harden({}, slow)(url)).text()
    await vi.advanceTimersByTimeAsync(3_600_000)
    ended.resolve()
    expect(await reading).toBe('')
  })

  it('leaves a failing service alone', async () => {
    const inner = scriptedFetch(networkError('ECONNREFUSED'))
    const hardened = harden({ retry: { ...quick, attempts: 5 } }, inner)
    for (let call = 0; call < 2; call += 1) await expect(hardened(url)).rejects.toThrow('fetch failed')
    expect(errorKind(await hardened(url).catch((error: unknown) => error))).toBe('circuit-open')
    expect(inner.calls).toHaveLength(10)
  })

  it('has nothing where a policy says so', async () => {
    const inner = scriptedFetch(503)
    await harden({ retry: false, circuitBreaker: false, timeout: false }, inner)(url, { method: 'PUT' })
    expect(inner.calls).toEqual([expect.objectContaining({ input: url, init: { method: 'PUT' } })])
    const untouched = inner as object
    expect(Reflect.ownKeys(untouched)).not.toContain('describe')
  })

  it('takes options of single calls', async () => {
    const inner = scriptedFetch(503)
    const hardened = harden({ retry: quick, httpErrors: true }, inner)
    expect((await hardened(url, { retry: false, httpErrors: false })).status).toBe(503)
    expect(inner.calls).toHaveLength(1)
    await expect(hardened(url, { timeout: { after: 5000 } })).rejects.toBeInstanceOf(HttpError)
    expect(inner.calls).toHaveLength(4)
    expect(inner.calls[0]?.init).not.toHaveProperty('retry')
  })

  it('lets a call say what its attempts may take, or that there is no limit at all', async () => {
    vi.useFakeTimers()
    const outcomeOf = async (timeout: NonNullable<PerCall['timeout']>, time: number): Promise<unknown> => {
      const calling = harden({ retry: false }, scriptedFetch('hang'))(url, { timeout }).catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(time)
      return Promise.race([calling, Promise.resolve('still waiting')])
    }
    expect(await outcomeOf(false, 3_600_000)).toBe('still waiting')
    expect(await outcomeOf({ attempt: { headers: 20_000 } }, 19_999)).toBe('still waiting')
    expect(await outcomeOf({ attempt: { headers: 20_000 } }, 20_000)).toMatchObject({ limit: 20_000 })
    expect(await outcomeOf({ attempt: false }, 29_999)).toBe('still waiting')
    expect(await outcomeOf({ total: { headers: 60_000 }, attempt: false }, 60_000)).toMatchObject({ limit: 60_000 })
    expect(await outcomeOf({ after: 500 }, 500)).toMatchObject({ limit: 500 })
    expect(vi.getTimerCount()).toBe(0)
    const inner = scriptedFetch(200)
    await harden({}, inner)(url, { timeout: { attempt: { headers: 5 } } })
    await harden({ timeout: { total: false } }, inner)(url, { timeout: false })
    await harden({ timeout: { attempt: false } }, inner)(url, { timeout: false })
    for (const { init } of inner.calls)
      expect(Object.keys(init ?? {}).filter((key) => key.includes('timeout'))).toEqual([])
  })

  it.each([
    { total: false, attempt: { headers: 20_000 } } as const,
    { total: { headers: 20_000 }, attempt: false } as const,
    false as const,
  ])('lets a call say so of a timeout that the policy has not got (%j)', async (timeouts) => {
    vi.useFakeTimers()
    const inner = scriptedFetch('hang')
    const hardened = harden({ timeout: timeouts, retry: quick }, inner)
    const errorOf = async (timeout: NonNullable<PerCall['timeout']>, time: number): Promise<unknown> => {
      const calling = hardened(url, { timeout }).catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(time)
      return Promise.race([calling, Promise.resolve('still waiting')])
    }
    expect(await errorOf({ after: 500 }, 500)).toMatchObject({ option: 'after', limit: 500 })
    expect(await errorOf({ total: { headers: 600 } }, 600)).toMatchObject({ option: 'headers', limit: 600 })
    expect(inner.calls).toHaveLength(2)
    expect(await errorOf({ attempt: { headers: 700 } }, 2_500)).toMatchObject({ option: 'headers', limit: 700 })
    expect(inner.calls).toHaveLength(5)
    expect(vi.getTimerCount()).toBe(0)
    for (const { init } of inner.calls)
      expect(Object.keys(init ?? {}).filter((key) => key.includes('timeout'))).toEqual([])
  })

  it('rejects, and does not throw, when what a call says of its timeouts is wrong', async () => {
    for (const timeout of [{}, { timeout: false } as const]) {
      const calling = harden({ ...timeout, retry: false, circuitBreaker: false }, scriptedFetch(200))
      for (const wrong of [{ total: {}, wrong: 1 }, { total: { after: 0 } }, { attempt: { after: 0 } }]) {
        const promise = calling(url, { timeout: wrong as NonNullable<PerCall['timeout']> })
        await expect(promise).rejects.toThrow(/^timeout: /)
      }
    }
  })

  it('is what the policy was when it was made', async () => {
    const policy = {
      timeout: { attempt: { headers: 5_000 }, total: { headers: 20_000 } },
      retry: { attempts: 4, ...quick },
      circuitBreaker: { failuresInARow: 20 },
    }
    const inner = scriptedFetch(503)
    const layers = standard(policy)
    const described = layers.describe()
    Object.assign(policy.timeout.attempt, { headers: 0 })
    Object.assign(policy.timeout.total, { headers: 0 })
    Object.assign(policy.retry, { attempts: 1, statuses: 5 })
    Object.assign(policy.circuitBreaker, { failuresInARow: 1 })
    const hardened = layers(inner)
    expect((await hardened(url)).status).toBe(503)
    expect((await hardened(url, { retry: { maxWait: 1000 }, timeout: { idle: 1000 } })).status).toBe(503)
    expect(inner.calls).toHaveLength(8)
    expect(layers.describe()).toBe(described)
  })

  it('takes an option that is undefined for one that says nothing', () => {
    const policy = {
      circuitBreaker: { failuresInARow: undefined, window: undefined },
      timeout: { attempt: { headers: 60_000 } },
    }
    const described = Reflect.apply(harden, undefined, [policy]).describe()
    expect(described).toBe(harden({ timeout: { attempt: { headers: 60_000 } } }).describe())
  })

  it('puts the layers in the order that makes sense of them', async () => {
    const seen: string[] = []
    const circuit = circuits()
    const hardened = harden(
      {
        ...{ httpErrors: true, retry: quick, cookies: true, circuitBreaker: { circuits: circuit } },
        defaults: { baseUrl: 'http://a.test/v1', params: { key: '1' } },
        auth: bearer({ token: 'canary', origins: 'http://a.test' }),
        hooks: { onRequest: ({ input }) => void seen.push(String(input)) },
        concurrency: { limit: 1 },
      },
      scriptedFetch((_, init) => {
        seen.push(new Headers(init?.headers).get('authorization') ?? 'nobody')
        return new Response(null, { status: 503, headers: { 'set-cookie': 'a=1' } })
      }),
    )
    await expect(hardened('users')).rejects.toMatchObject({ status: 503, url: 'http://a.test/v1/users?key=REDACTED' })
    expect(seen).toEqual(['http://a.test/v1/users?key=1', ...Array(3).fill('Bearer canary')])
  })

  it("lets the caller's reason win", async () => {
    for (const reason of [new Error('enough'), 'enough', 0]) {
      const call = new AbortController()
      const calling = harden({}, scriptedFetch('hang'))(url, { signal: call.signal })
      call.abort(reason)
      await expect(calling).rejects.toBe(reason)
    }
  })

  it('has state of its own for each fetch', async () => {
    const layers = standard({ retry: false })
    const failing = layers(scriptedFetch(networkError('ECONNREFUSED')))
    for (let call = 0; call < 11; call += 1) await failing(url).catch(() => {})
    expect((await layers(scriptedFetch(200))(url)).status).toBe(200)
  })

  it('has connections of its own where the policy asks for them, and closes them', async () => {
    await using own = await startFaultServer()
    const hardened = harden({ pool: { connections: 1 } })
    for (let call = 0; call < 3; call += 1) await (await hardened(own.url('/json'))).text()
    expect([own.socketsSeen, own.openSockets]).toEqual([1, 1])
    await hardened.close()
    await vi.waitFor(() => expect(own.openSockets).toBe(0))
    await expect(hardened(own.url('/json'))).rejects.toThrow('pool: it was closed')
    await using none = harden()
    await none.close()
    expect((await none(own.url('/json'))).status).toBe(200)
  })
})

describe('standard()', () => {
  it('has a place for middleware on either side', async () => {
    const order: string[] = []
    const noting =
      (name: string) =>
      (fetch: Fetch): Fetch =>
      (input, init) => {
        order.push(name)
        return fetch(input, init)
      }
    const inner = scriptedFetch(503, 200)
    await compose(noting('mine'), standard({ retry: quick }), noting('each attempt'))(inner)(url, { retry: {} })
    expect(order).toEqual(['mine', 'each attempt', 'each attempt'])
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(standard(), undefined, [url])).toThrow('standard: fetch must be a function')
  })
})

describe('describe()', () => {
  it('tells the stack, the outermost layer first', () => {
    expect(harden({ retry: { attempts: 5, statuses: [429, 503] }, concurrency: { limit: 10 } }).describe()).toBe(
      [
        '  timeout of the whole call  headers 30000',
        '  retry                      attempts 5, statuses [429, 503]',
        '  circuitBreaker             failuresInARow 10',
        '  concurrency                limit 10',
        '  timeout of an attempt      headers 10000',
        '  fetch',
      ].join('\n'),
    )
    expect(harden({ timeout: false, retry: false, circuitBreaker: false }).describe()).toBe('  fetch')
  })

  it.each([
    [{ total: { headers: 5000 } }, 'headers 5000', 'headers 5000', ''],
    [{ total: { after: 20_000 } }, 'after 20000', 'headers 10000', ''],
    [{ total: false } as const, undefined, 'headers 10000', ''],
    [{ attempt: { headers: 60_000 } }, 'headers 180000', 'headers 60000', ', window 120000'],
    [{ attempt: { idle: 500 } }, 'headers 30000', 'idle 500', ''],
    [{ total: false, attempt: { after: 20_000 } } as const, undefined, 'after 20000', ', window 40000'],
  ])('tells the defaults that make way for what is given: %j', (timeout, total, attempt, window) => {
    const lines = harden({ timeout }).describe().split('\n')
    const words = (name: string): string | undefined =>
      lines
        .find((line) => line.includes(name))
        ?.replace(name, '')
        .trim()
    expect(words('timeout of the whole call')).toBe(total)
    expect(words('timeout of an attempt')).toBe(attempt)
    expect(words('circuitBreaker')).toBe(`failuresInARow 10${window}`)
  })

  it('shows no logger and no jar from the inside', () => {
    const logger = { ...console, transport: { password: 'canary' }, parent: {} }
    logger.parent = logger
    const shown = harden({
      log: { logger },
      cookies: { jar: cookieJar() },
      concurrency: { limiter: limiter({ limit: 5 }) },
    })
    expect(shown.describe()).toMatch(/ logger set\n.* jar set\n.* limiter set\n/s)
    expect(shown.describe()).not.toContain('canary')
  })

  it('shows no secret', () => {
    const canary = 'canary'
    const description = harden({
      auth: bearer({ token: canary, origins: 'http://a.test' }),
      defaults: { baseUrl: `http://a.test/${canary}`, headers: { 'x-key': canary }, params: { key: canary } },
      proxy: `http://user:${canary}@127.0.0.1:9`,
      pool: { tls: { verify: false } },
      log: { redact: { names: [canary] } },
    }).describe()
    expect(description).not.toContain(canary)
    expect(description).toContain('auth                       bearer')
  })
})

describe('PolicyError', () => {
  it('has every finding', () => {
    try {
      harden({ retry: { attempts: 0 }, concurrency: { limit: 0 } })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(PolicyError)
      expect(error).toMatchObject({
        name: 'PolicyError',
        findings: [expect.stringMatching(/^retry: /), expect.stringMatching(/^concurrency: /)],
      })
      expect(String(error)).toMatch(/^PolicyError: there are 2 faults:\n- retry: .*\n- concurrency: .*$/)
      expect(errorKind(error)).toBe('unknown')
    }
  })
})

it('TimeoutError is the one that timeouts throw', async () => {
  const calling = harden({ timeout: { total: { after: 100 }, attempt: false } }, scriptedFetch('hang'))(url)
  await expect(calling).rejects.toBeInstanceOf(TimeoutError)
})
