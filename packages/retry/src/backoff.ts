import { assertDuration, assertOptions } from '@steadfetch/core'

/** What a wait is computed from. */
export interface BackoffContext {
  /** The attempt that has failed, from 1 on. */
  attempt: number
  /** Whether the server has asked for less traffic (429), and has not said for how long. */
  throttled: boolean
}

/** The wait before the next attempt, in milliseconds. */
export type Backoff = (context: BackoffContext) => number

/** Options of {@link fullJitter}, in milliseconds. */
export interface JitterOptions {
  /** The upper bound of the first wait. @default 50 */
  base?: number
  /** The same when the server is throttling. @default 1000 */
  throttledBase?: number
  /** No wait is longer than this. @default 20000 */
  cap?: number
}

/**
 * Exponential backoff with full jitter: any wait from zero to `min(cap, base · 2^(attempt − 1))` is as likely as any
 * other, which spreads the clients of a server that has failed all of them at once. Of the ways to add jitter it needs
 * the fewest calls (AWS Architecture Blog, "Exponential Backoff And Jitter"; the values are those of the AWS SDKs'
 * standard mode of 2026).
 *
 * @throws {RangeError} when an option is not a positive number of milliseconds.
 */
export function fullJitter(options: JitterOptions = {}): Backoff {
  assertOptions('retry: backoff', options, ['base', 'throttledBase', 'cap'])
  const { base = 50, throttledBase = 1000, cap = 20_000 } = options
  assertDuration('retry: backoff.base', base)
  assertDuration('retry: backoff.throttledBase', throttledBase)
  assertDuration('retry: backoff.cap', cap)
  return ({ attempt, throttled }) =>
    Math.random() * Math.min(cap, (throttled ? throttledBase : base) * 2 ** (attempt - 1))
}
