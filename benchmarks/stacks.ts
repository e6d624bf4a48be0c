import { compose, type Fetch } from '../packages/core/src/core.ts'
import { retry } from '../packages/retry/src/retry.ts'
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

/** A signal and no more: what the platform takes for being handed one, under any timeout of any library. */
export const signalByHand: Stack = {
  name: 'by hand: a signal of its own',
  wrap: (fetch) => (input, init) => fetch(input, { ...init, signal: new AbortController().signal }),
}

/** What one writes without a library: a limit for everything, no retry, and a timer that every call leaves behind. */
export const timeoutByHand: Stack = {
  name: 'by hand: AbortSignal.timeout, any',
  wrap: (fetch) => (input, init) => {
    const expiry = AbortSignal.timeout(limit)
    return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, expiry]) : expiry })
  },
}

export const everyLayer: readonly Stack[] = [
  timeoutAfter,
  { name: 'timeout({ headers })', wrap: timeout({ headers: limit }) },
  { name: 'timeout({ after, idle })', wrap: timeout({ after: limit, idle: limit }) },
  retryAlone,
  timeoutRetryTimeout,
  timeoutByHand,
]
