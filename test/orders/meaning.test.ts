import { CircuitOpenError, circuitBreaker, circuits } from '@steadfetch/circuit-breaker'
import { concurrency, limiter, QueueFullError } from '@steadfetch/concurrency'
import { attemptsOf, compose } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { TimeoutError, timeout } from '@steadfetch/timeout'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** What the order of two layers means: the sections "Where to put it" of their READMEs, as tests. */

const url = 'https://api.example.com/'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** A call under way, and how it stands. */
function watched(calling: Promise<Response>): { readonly calling: Promise<Response>; state: string } {
  const seen = { calling, state: 'pending' }
  calling.then(
    ({ status }) => {
      seen.state = String(status)
    },
    ({ name }: Error) => {
      seen.state = name
    },
  )
  return seen
}

const patiently = { attempts: 3, backoff: () => 600 }

describe('timeout and retry', () => {
  it('outside of a retry, the timeout is for all attempts and their waits together', async () => {
    const fetch = scriptedFetch('hang')
    const call = watched(compose(timeout({ headers: 1000 }), retry(patiently))(fetch)(url))
    await vi.advanceTimersByTimeAsync(999)
    expect(call.state).toBe('pending')
    await vi.advanceTimersByTimeAsync(1)
    await expect(call.calling).rejects.toThrow(TimeoutError)
    expect(fetch.calls).toHaveLength(1)
  })

  it('outside of a retry, a wait that would outlast it is not begun', async () => {
    const fetch = scriptedFetch(503)
    const call = watched(compose(timeout({ headers: 1000 }), retry(patiently))(fetch)(url))
    await vi.advanceTimersByTimeAsync(600)
    expect(fetch.calls).toHaveLength(2)
    const response = await call.calling
    expect(response.status).toBe(503)
    expect(attemptsOf(response)?.stopped).toBe('deadline')
  })

  it('inside of a retry, the timeout is for each attempt, and one that is too slow is repeated', async () => {
    const fetch = scriptedFetch('hang', 'hang', 200)
    const call = watched(compose(retry(patiently), timeout({ headers: 1000 }))(fetch)(url))
    await vi.advanceTimersByTimeAsync(1000 + 600 + 1000)
    expect(call.state).toBe('pending')
    await vi.advanceTimersByTimeAsync(600)
    expect(fetch.calls.map(({ at }) => at - (fetch.calls[0]?.at ?? 0))).toEqual([0, 1600, 3200])
    expect(call.state).toBe('200')
  })

  it('on both sides, the one outside is the total and the one inside is for each attempt', async () => {
    const fetch = scriptedFetch('hang')
    const stack = compose(timeout({ headers: 2500 }), retry(patiently), timeout({ headers: 1000 }))(fetch)
    const call = watched(stack(url))
    await vi.advanceTimersByTimeAsync(2499)
    expect(fetch.calls).toHaveLength(2)
    expect(call.state).toBe('pending')
    await vi.advanceTimersByTimeAsync(1)
    await expect(call.calling).rejects.toMatchObject({ limit: 2500 })
  })
})

describe('circuit breaker and retry', () => {
  const quick = { attempts: 3, backoff: () => 0 }

  it('outside of a retry, the breaker counts operations', async () => {
    const upstreams = circuits({ failuresInARow: 2 })
    const fetch = scriptedFetch(503)
    const stack = compose(circuitBreaker({ circuits: upstreams }), retry(quick))(fetch)
    const first = stack(url)
    await vi.runAllTimersAsync()
    expect((await first).status).toBe(503)
    expect(fetch.calls).toHaveLength(3)
    expect(upstreams.stateOf(url)).toBe('closed')
    const second = stack(url)
    await vi.advanceTimersByTimeAsync(10)
    expect((await second).status).toBe(503)
    expect(fetch.calls).toHaveLength(6)
    expect(upstreams.stateOf(url)).toBe('open')
  })

  it('outside of a retry, an operation that a retry has saved is a success', async () => {
    const upstreams = circuits({ failuresInARow: 1 })
    const stack = compose(circuitBreaker({ circuits: upstreams }), retry(quick))(scriptedFetch(503, 503, 200))
    const call = stack(url)
    await vi.advanceTimersByTimeAsync(10)
    expect((await call).status).toBe(200)
    expect(upstreams.stateOf(url)).toBe('closed')
  })

  it('inside of a retry, the breaker counts attempts, and an open circuit ends the operation', async () => {
    const upstreams = circuits({ failuresInARow: 2 })
    const fetch = scriptedFetch(503)
    const call = watched(compose(retry(quick), circuitBreaker({ circuits: upstreams }))(fetch)(url))
    await vi.advanceTimersByTimeAsync(10)
    await expect(call.calling).rejects.toThrow(CircuitOpenError)
    expect(fetch.calls).toHaveLength(2)
    expect(upstreams.stateOf(url)).toBe('open')
  })

  it('inside of a retry that asks for it, an open circuit is waited for, and not called meanwhile', async () => {
    const upstreams = circuits({ failuresInARow: 1, openTime: 2000 })
    const fetch = scriptedFetch(503, 200)
    const eager = retry({ ...quick, errors: ['circuit-open'] })
    const call = watched(compose(eager, circuitBreaker({ circuits: upstreams }))(fetch)(url))
    await vi.advanceTimersByTimeAsync(1500)
    expect(fetch.calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1000)
    expect(call.state).toBe('200')
    expect(fetch.calls).toHaveLength(2)
  })
})

describe('concurrency and retry', () => {
  it('outside of a retry, a slot is held for the operation, its waits included', async () => {
    const slots = limiter({ limit: 1 })
    const fetch = scriptedFetch(503, () => new Response(null))
    const stack = compose(concurrency({ limiter: slots }), retry(patiently))(fetch)
    const [first, second] = [watched(stack(url)), watched(stack(url))]
    await vi.advanceTimersByTimeAsync(599)
    expect(slots.stats()).toMatchObject({ active: 1, queued: 1 })
    expect(fetch.calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect([first.state, second.state]).toEqual(['200', '200'])
  })

  it('inside of a retry, a slot is held for an attempt, and by nobody who waits to make the next', async () => {
    const slots = limiter({ limit: 1 })
    const fetch = scriptedFetch(
      () => new Response(null, { status: 503 }),
      () => new Response(null),
    )
    const stack = compose(retry(patiently), concurrency({ limiter: slots }))(fetch)
    const [first, second] = [watched(stack(url)), watched(stack(url))]
    await vi.advanceTimersByTimeAsync(599)
    expect([first.state, second.state]).toEqual(['pending', '200'])
    expect(slots.stats()).toMatchObject({ active: 0, queued: 0 })
    await vi.advanceTimersByTimeAsync(1)
    expect(first.state).toBe('200')
  })

  it('inside of a retry, a call that got no slot is not repeated', async () => {
    const fetch = scriptedFetch('hang')
    const stack = compose(retry(patiently), concurrency({ limit: 1, queue: 0 }))(fetch)
    const caller = new AbortController()
    const holder = watched(stack(url, { signal: caller.signal }))
    const call = watched(stack(url))
    await vi.advanceTimersByTimeAsync(1)
    await expect(call.calling).rejects.toThrow(QueueFullError)
    caller.abort(new Error('enough'))
    await expect(holder.calling).rejects.toThrow('enough')
    expect(fetch.calls).toHaveLength(1)
  })
})
