import {
  assertFunction,
  assertResponse,
  type ErrorKind,
  initAsMade,
  inputAsMade,
  type Middleware,
  prepareReplay,
  type ReplayOptions,
  withoutOption,
} from '@steadfetch/core'
import type { Backoff, JitterOptions } from './backoff.ts'
import { type RetryBudget, retryBudget } from './budget.ts'
import type { Outcome } from './outcome.ts'
import { policyOf } from './policy.ts'
import { RetriedCall } from './retried-call.ts'

export { type Attempt, type AttemptLog, attemptsOf, type StopReason } from '@steadfetch/core'
export { type Backoff, type BackoffContext, fullJitter, type JitterOptions } from './backoff.ts'
export { type RetryBudget, type RetryBudgetOptions, retryBudget } from './budget.ts'

/** Options of {@link retry}. Durations are in milliseconds. */
export interface RetryOptions {
  /** How often a call is made at most, the first time included. @default 3 */
  attempts?: number
  /** The statuses that deserve a further attempt. @default [408, 425, 429, 500, 502, 503, 504] */
  statuses?: readonly number[]
  /**
   * The methods that may be repeated; any other may be with an `Idempotency-Key` header, and when the request provably
   * never left. @default ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']
   */
  methods?: readonly string[]
  /** The errors that deserve a further attempt, by `errorKind`. @default ['timeout', 'dns', 'refused', 'reset', 'network'] */
  errors?: readonly ErrorKind[]
  /** The wait before a further attempt: options of `fullJitter`, or a function. @default fullJitter() */
  backoff?: JitterOptions | Backoff
  /** The longest wait; a server that asks for a longer one by `Retry-After` is not asked again. @default 60000 */
  maxWait?: number
  /** What retries may cost: a budget to share, or false for no limit. @default a retryBudget() of this layer's own */
  budget?: RetryBudget | false
  /** How much of a `Request`'s body is kept to be sent again. @default { maxBytes: 1048576 } */
  replay?: ReplayOptions
  /**
   * Told of every further attempt before the wait for it, and awaited. What it throws is what the call fails with; it gets the
   * error of the attempt as its `cause`, where it has none, and {@link attemptsOf} tells of it what went before.
   */
  onRetry?: (retry: RetryEvent) => void | Promise<void>
}

/** What {@link RetryOptions.onRetry} is told. */
export interface RetryEvent {
  /** The attempt that has failed, from 1 on. */
  attempt: number
  /** The wait that follows, in milliseconds. */
  wait: number
  /** What the attempt failed with; absent where it came to a response. */
  error?: unknown
  /** The response; its body is being thrown away. Absent where the attempt failed with an error. */
  response?: Response
}

/**
 * Makes a call again when it has failed in a way that may pass.
 *
 * It ends at the response's headers: a body that fails later is the caller's to see. The last outcome stands as it is,
 * a response returned and an error thrown; {@link attemptsOf} tells what led to it. A per-call
 * `{ retry: { attempts: 5 } }` changes the options that it names, for the outermost retry of a stack; `{ retry: false }`
 * turns that one off.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function retry(options: RetryOptions = {}): Middleware<{ retry?: RetryOptions | false }> {
  const own = { ...options }
  const policyOfLayer = policyOf(options)
  return (fetch) => {
    assertFunction('retry: fetch', fetch)
    const budgetOfLayer = own.budget ?? retryBudget()
    return async function retry(given, init) {
      const perCall = init?.retry
      const bare = withoutOption('retry', init)
      if (perCall === false) return fetch(given, bare)
      const input = inputAsMade(given)
      const rest = initAsMade(bare)
      const policy = perCall === undefined ? policyOfLayer : policyOf(own, perCall)
      const budget = perCall?.budget ?? budgetOfLayer
      const replay = prepareReplay(input, rest, policy.maxBytes)
      const started = performance.now()
      try {
        let first: Outcome
        try {
          first = { response: await fetch(input, rest) }
          assertResponse('retry', first.response)
        } catch (error) {
          first = { error }
        }
        const { response } = first
        if (response === undefined || policy.statuses.has(response.status)) {
          return await new RetriedCall(fetch, input, rest, policy, budget, replay).after(first, started)
        }
        if (budget) budget.succeeded(input)
        return response
      } finally {
        replay.release()
      }
    }
  }
}
