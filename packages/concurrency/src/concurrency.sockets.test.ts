import { compose } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { timeout } from '@steadfetch/timeout'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { concurrency, limiter, QueueFullError } from './concurrency.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
beforeEach(() => server.reset())
afterAll(() => server.close())

const idle = { active: 0, queued: 0 }

/** What the promise comes to, with the garbage collected again and again until then. */
async function whileCollecting<Value>(promise: Promise<Value>): Promise<Value> {
  const collecting = setInterval(collectGarbage, 50)
  try {
    return await promise
  } finally {
    clearInterval(collecting)
  }
}

describe('500 calls with slow bodies and a limit of 10', () => {
  const slow = { chunks: 4, every: 3, size: 100 }

  it('are 10 at a time for the server, and all of them finish', async () => {
    const upstream = limiter({ limit: 10 })
    const limited = concurrency({ limiter: upstream })(fetch)
    const bodies = await Promise.all(
      Array.from({ length: 500 }, async () => (await limited(server.url('/trickle', slow))).text()),
    )
    expect(bodies.map(({ length }) => length)).toEqual(Array(500).fill(400))
    expect(server.hits()).toBe(500)
    expect(server.peakExchanges).toBe(10)
    await expect.poll(() => upstream.stats()).toMatchObject(idle)
  })

  it('all finish when half of the bodies are cancelled and a tenth is never read', async () => {
    const upstream = limiter({ limit: 10 })
    const limited = concurrency({ limiter: upstream })(fetch)
    const call = async (index: number): Promise<void> => {
      const response = await limited(server.url('/trickle', slow))
      if (index % 10 === 0) return
      if (index % 2 === 1) await response.body?.cancel()
      else expect(await response.text()).toHaveLength(400)
    }
    await whileCollecting(Promise.all(Array.from({ length: 500 }, (_, index) => call(index))))
    expect(server.hits()).toBe(500)
    await whileCollecting(expect.poll(() => upstream.stats(), { timeout: 10_000 }).toMatchObject(idle))
  }, 60_000)
})

describe('a slot', () => {
  it('is free after responses without a body', async () => {
    const limited = concurrency({ limit: 1, queueTimeout: 5000 })(fetch)
    for (let call = 0; call < 3; call += 1) {
      await limited(server.url('/json'), { method: 'HEAD' })
      await limited(server.url('/status/204'))
      await limited(server.url('/status/304'))
    }
    expect(server.hits()).toBe(9)
    expect(server.peakExchanges).toBe(1)
  })

  it('is free after whatever goes wrong with a call or its body', async () => {
    const limited = compose(timeout({ after: 100 }), concurrency({ limit: 1, queueTimeout: 5000 }))(fetch)
    const paths = ['/reset?at=headers', '/reset?at=body', '/truncate?as=length', '/stall?after=5', '/silent']
    for (const path of paths) await expect(limited(server.url(path)).then((one) => one.text())).rejects.toThrow()
    await expect(limited('http://127.0.0.1:1/')).rejects.toThrow('fetch failed')
    const controller = new AbortController()
    const response = await limited(server.url('/stall?after=5'), { signal: controller.signal })
    const reading = response.text()
    controller.abort('mine')
    await expect(reading).rejects.toBe('mine')
    expect(await (await limited(server.url('/json'))).json()).toEqual({ ok: true })
  })

  it('is held by a response that somebody has, and not by one that nobody has any more', async () => {
    const upstream = limiter({ limit: 1 })
    const limited = concurrency({ limiter: upstream })(fetch)
    const hold = async (): Promise<{ held: Response | undefined; seen: WeakRef<Response> }> => {
      const held = await limited(server.url('/stall', { after: 5 }))
      return { held, seen: new WeakRef(held) }
    }
    const holder = await hold()
    for (let round = 0; round < 5; round += 1) {
      collectGarbage()
      await new Promise(setImmediate)
    }
    expect(upstream.stats()).toMatchObject({ active: 1 })
    expect(holder.held?.bodyUsed).toBe(false)
    holder.held = undefined
    await whileCollecting(expect.poll(() => upstream.stats(), { timeout: 10_000 }).toMatchObject(idle))
    expect(holder.seen.deref()).toBeUndefined()
  })

  it('is not held through the backoff after a 503 whose body does not end', async () => {
    const upstream = limiter({ limit: 1 })
    const waits: number[] = []
    const backoff = (): number => {
      waits.push(upstream.stats().active)
      return 300
    }
    const stack = compose(retry({ attempts: 2, backoff }), concurrency({ limiter: upstream }))(fetch)
    const calling = stack(server.url('/flaky', { key: 'endless', fail: 1, as: '/endless' }))
    await expect.poll(() => waits.length).toBe(1)
    const other = await stack(server.url('/json'))
    expect(server.hits('endless')).toBe(1)
    await other.text()
    expect((await calling).status).toBe(200)
  })
})

describe('a consumer that waits for itself', () => {
  const list = (): string => server.url('/trickle', { chunks: 3, every: 1, size: 4 })
  const upstream = { limit: 1, queueTimeout: 100 }

  it('ends with a QueueFullError after the queueTimeout, and frees its slot', async () => {
    const one = concurrency(upstream)(fetch)
    const consume = async (): Promise<void> => {
      const response = await one(list())
      for await (const _ of response.body ?? []) await (await one(server.url('/json'))).text()
    }
    const error: unknown = await consume().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(QueueFullError)
    expect(error).toMatchObject({ reason: 'timeout', origin: server.origin, limit: 1 })
    expect(String(error)).toMatch(/read or cancel every body, fetch nothing while you hold one/)
    expect(server.hits()).toBe(1)
    expect((await one(server.url('/json'))).status).toBe(200)
  })

  it('does not wait when it holds its slot until the headers only, or has read the body before', async () => {
    const one = concurrency(upstream)(fetch)
    const response = await one(list(), { concurrency: { until: 'headers' } })
    let chunks = 0
    for await (const _ of response.body ?? []) {
      await (await one(server.url('/json'))).text()
      chunks += 1
    }
    expect(chunks).toBeGreaterThan(0)
    const text = await (await one(list())).text()
    for (const _ of text) await (await one(server.url('/json'))).text()
    expect(server.hits()).toBe(2 + chunks + 12)
  })
})

describe('the response', () => {
  it('is the one that the platform made', async () => {
    const made: Response[] = []
    const limited = concurrency({ limit: 1 })(async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    })
    const response = await limited(server.url('/redirect', { times: 1 }))
    expect(response).toBe(made[0])
    expect(response.redirected).toBe(true)
    expect([response.bodyUsed, response.body?.locked]).toEqual([false, false])
    expect(await response.clone().text()).toBe(await response.text())
  })
})
