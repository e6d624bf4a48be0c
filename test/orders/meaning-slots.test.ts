import { CircuitOpenError, circuitBreaker, circuits } from '@steadfetch/circuit-breaker'
import { concurrency, limiter, QueueFullError } from '@steadfetch/concurrency'
import { compose } from '@steadfetch/core'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { TimeoutError, timeout } from '@steadfetch/timeout'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** What the order of a limiter and another layer means: the sections "Where to put it" of their READMEs, as tests. */

const url = 'https://api.example.com/'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('circuit breaker and concurrency', () => {
  it('outside of a limiter, an open circuit costs no slot and no wait for one', async () => {
    const upstreams = circuits()
    const slots = limiter({ limit: 1 })
    const stack = compose(
      circuitBreaker({ circuits: upstreams }),
      concurrency({ limiter: slots }),
    )(scriptedFetch('hang'))
    void stack(url).catch(() => {})
    upstreams.isolate(url)
    await expect(stack(url)).rejects.toThrow(CircuitOpenError)
    expect(slots.stats()).toMatchObject({ active: 1, queued: 0 })
  })

  it('inside of a limiter, an open circuit is met by who has a slot, and frees it at once', async () => {
    const upstreams = circuits()
    const slots = limiter({ limit: 1 })
    const stack = compose(
      concurrency({ limiter: slots }),
      circuitBreaker({ circuits: upstreams }),
    )(scriptedFetch('hang'))
    const caller = new AbortController()
    stack(url, { signal: caller.signal }).catch(() => {})
    upstreams.isolate(url)
    const refused = stack(url)
    await vi.advanceTimersByTimeAsync(1000)
    expect(slots.stats()).toMatchObject({ active: 1, queued: 1 })
    caller.abort()
    await expect(refused).rejects.toThrow(CircuitOpenError)
    expect(slots.stats()).toMatchObject({ active: 0, queued: 0 })
  })

  it('outside of a limiter, a full queue is neither failure nor success', async () => {
    const upstreams = circuits({ failuresInARow: 2 })
    const slots = limiter({ limit: 1, queue: 0 })
    const stack = compose(
      circuitBreaker({ circuits: upstreams }),
      concurrency({ limiter: slots }),
    )(
      scriptedFetch(
        () => new Response(null, { status: 503 }),
        'hang',
        () => new Response(null, { status: 503 }),
      ),
    )
    await stack(url)
    const caller = new AbortController()
    const holder = stack(url, { signal: caller.signal }).catch(() => {})
    for (let refusals = 0; refusals < 3; refusals += 1) {
      const refused = expect(stack(url)).rejects.toThrow(QueueFullError)
      await vi.advanceTimersByTimeAsync(1)
      await refused
    }
    expect(upstreams.stateOf(url)).toBe('closed')
    caller.abort()
    await holder
    await stack(url)
    expect(upstreams.stateOf(url)).toBe('open')
  })

  it('outside of a limiter, a probe that gets no slot makes room for the next probe', async () => {
    const upstreams = circuits({ failuresInARow: 1, openTime: 1000 })
    const slots = limiter({ limit: 1, queue: 0 })
    const fetch = scriptedFetch(
      () => new Response(null, { status: 503 }),
      () => new Response(null),
    )
    const stack = compose(circuitBreaker({ circuits: upstreams }), concurrency({ limiter: slots }))(fetch)
    await stack(url)
    await vi.advanceTimersByTimeAsync(1500)
    expect(upstreams.stateOf(url)).toBe('half-open')
    const release = await slots.enter(url, { signal: undefined, queueTimeout: 1000 })
    const refused = expect(stack(url)).rejects.toThrow(QueueFullError)
    await vi.advanceTimersByTimeAsync(1)
    await refused
    expect(upstreams.stateOf(url)).toBe('half-open')
    release()
    await stack(url)
    expect(upstreams.stateOf(url)).toBe('closed')
  })
})

describe('timeout and concurrency', () => {
  const limits = { headers: 1000 }

  it('outside of a limiter, the wait for a slot counts', async () => {
    const slots = limiter({ limit: 1 })
    const fetch = scriptedFetch('hang')
    await slots.enter(url, { signal: undefined, queueTimeout: 1000 })
    const call = expect(compose(timeout(limits), concurrency({ limiter: slots }))(fetch)(url)).rejects.toThrow(
      TimeoutError,
    )
    await vi.advanceTimersByTimeAsync(1000)
    await call
    expect(fetch.calls).toHaveLength(0)
    expect(slots.stats()).toMatchObject({ queued: 0 })
  })

  it('inside of a limiter, the wait for a slot does not count', async () => {
    const slots = limiter({ limit: 1 })
    const fetch = scriptedFetch('hang')
    const release = await slots.enter(url, { signal: undefined, queueTimeout: 1000 })
    let failed = false
    const call = compose(
      concurrency({ limiter: slots }),
      timeout(limits),
    )(fetch)(url).catch((error: unknown) => {
      failed = true
      return error
    })
    await vi.advanceTimersByTimeAsync(5000)
    release()
    await vi.advanceTimersByTimeAsync(999)
    expect(fetch.calls).toHaveLength(1)
    expect(failed).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(await call).toBeInstanceOf(TimeoutError)
    expect(slots.stats()).toMatchObject({ active: 0 })
  })
})
