import { circuitBreaker, circuits } from '../packages/circuit-breaker/src/circuit-breaker.ts'
import { concurrency } from '../packages/concurrency/src/concurrency.ts'
import { compose, type Fetch, onBodyEnd } from '../packages/core/src/core.ts'
import { hooks } from '../packages/hooks/src/hooks.ts'
import { log } from '../packages/log/src/log.ts'
import { retry } from '../packages/retry/src/retry.ts'
import { harden } from '../packages/steadfetch/src/harden.ts'
import { timeout } from '../packages/timeout/src/timeout.ts'

/** What is measured: a way to make a call, as a wrapper of the fetch that stands at the bottom. */
export interface Stack {
  readonly name: string
  readonly wrap: (fetch: Fetch) => Fetch
}

/** Nothing runs into it; it is there to be kept. */
const limit = 30_000

export const timeoutAfter: Stack = { name: 'timeout({ after })', wrap: timeout({ after: limit }) }

export const retryAlone: Stack = { name: 'retry()', wrap: retry() }

export const timeoutRetryTimeout: Stack = {
  name: 'compose(timeout, retry, timeout)',
  wrap: compose(timeout({ after: limit }), retry(), timeout({ headers: limit / 3 })),
}

/** What most people have: two timeouts, retries, a circuit breaker. */
export const hardened: Stack = { name: 'harden()', wrap: (fetch) => harden({}, fetch) }

/** A signal and no more: what the platform takes for being handed one, under any timeout of any library. */
export const signalByHand: Stack = {
  name: 'by hand: a signal of its own',
  wrap: (fetch) => (input, init) => fetch(input, { ...init, signal: new AbortController().signal }),
}

/** What two limits and a look at how the body ends take of the platform, and nothing else: no stack is free of it. */
export const partsByHand: Stack = {
  name: 'by hand: the parts of harden()',
  wrap: (fetch) => async (input, init) => {
    const whole = new AbortController()
    const attempt = new AbortController()
    whole.signal.onabort = () => attempt.abort()
    const timers = [setTimeout(() => whole.abort(), limit), setTimeout(() => attempt.abort(), limit / 3)]
    try {
      const response = await fetch(input, { ...init, signal: attempt.signal })
      onBodyEnd(response, () => {})
      return response
    } finally {
      for (const timer of timers) clearTimeout(timer)
    }
  },
}

/** What one writes without a library: a limit for everything, no retry, and a timer that every call leaves behind. */
export const timeoutByHand: Stack = {
  name: 'by hand: AbortSignal.timeout, any',
  wrap: (fetch) => (input, init) => {
    const expiry = AbortSignal.timeout(limit)
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, expiry]) : expiry })
  },
}

const silent = { info: () => {}, warn: () => {}, error: () => {} }

const breakerAlone: Stack = { name: 'circuitBreaker()', wrap: circuitBreaker() }
const limiterAlone: Stack = { name: 'concurrency({ limit })', wrap: concurrency({ limit: 1000 }) }
const hooksAlone: Stack = { name: 'hooks({ onEnd })', wrap: hooks({ onEnd: () => {} }) }
const logAlone: Stack = { name: 'log()', wrap: log({ logger: silent }) }

export const allLayers: Stack = {
  name: 'all: log … timeout',
  wrap: compose(
    log({ logger: silent }),
    hooks({ onEnd: () => {} }),
    timeout({ after: limit }),
    retry(),
    circuitBreaker(),
    concurrency({ limit: 1000 }),
    timeout({ headers: limit / 3 }),
  ),
}

/** What a call costs that is not made. */
const openCircuit: Stack = {
  name: 'circuitBreaker(), open: a refusal',
  wrap: (fetch) => {
    const isolated = circuits({ per: 'global' })
    isolated.isolate('')
    const refused = circuitBreaker({ circuits: isolated })(fetch)
    const empty = new Response(null, { status: 204 })
    return (input, init) => refused(input, init).catch(() => empty)
  },
}

/** What a failure costs when the window is full of them: it holds all calls of the run. */
const failingCircuit: Stack = {
  name: 'circuitBreaker(), all calls 503',
  wrap: (fetch) => {
    let calls = 0
    const thresholds = { failureRate: 1, failuresInARow: Number.MAX_SAFE_INTEGER, window: 3_600_000 }
    return circuitBreaker(thresholds)(async (input, init) => {
      calls += 1
      const response = await fetch(input, init)
      return calls === 1 ? response : new Response(response.body, { status: 503 })
    })
  },
}

export const everyLayer: readonly Stack[] = [
  timeoutAfter,
  { name: 'timeout({ headers })', wrap: timeout({ headers: limit }) },
  { name: 'timeout({ after, idle })', wrap: timeout({ after: limit, idle: limit }) },
  retryAlone,
  timeoutRetryTimeout,
  hardened,
  breakerAlone,
  openCircuit,
  failingCircuit,
  limiterAlone,
  hooksAlone,
  logAlone,
  allLayers,
  timeoutByHand,
]
