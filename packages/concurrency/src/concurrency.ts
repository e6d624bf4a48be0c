import {
  assertFunction,
  assertResponse,
  cancelUpload,
  initAsMade,
  inputAsMade,
  inWords,
  type Middleware,
  onBodyEnd,
  signalOf,
  withoutOption,
} from '@steadfetch/core'
import {
  assertLimiterOptions,
  assertTurnOptions,
  type Limiter,
  type LimiterOptions,
  limiter,
  type TurnOptions,
} from './limiter.ts'

export { type Limiter, type LimiterOptions, type LimiterStats, limiter, type TurnOptions } from './limiter.ts'
export { QueueFullError, type QueueFullReason } from './queue-full-error.ts'

/** Options of {@link concurrency} for a limiter that was made elsewhere. */
export interface SharedLimiterOptions {
  /** A limiter to share with other layers, or to look at; the other options are its own. */
  limiter: Limiter
}

/** Options of {@link concurrency}: those of a limiter of its own, or a limiter made elsewhere. */
export type ConcurrencyOptions = LimiterOptions | SharedLimiterOptions

/**
 * Limits how many exchanges are under way at a time, bodies included; the other calls wait their turn.
 *
 * It counts what it sees: attempts inside of a retry, whole operations outside of it. A per-call
 * `{ concurrency: { queueTimeout: 500 } }` or `{ concurrency: { until: 'headers' } }` is for the outermost limiter of a
 * stack; `{ concurrency: false }` makes the call whatever is under way, and does not count it.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 * @returns a middleware whose fetch fails with a {@link QueueFullError} when there is no slot to be had, and with the
 * caller's own reason when that aborts first.
 */
export function concurrency(options: ConcurrencyOptions): Middleware<{ concurrency?: TurnOptions | false }> {
  const limiterOfLayer = limiterFrom(options)
  return (fetch) => {
    assertFunction('concurrency: fetch', fetch)
    const limiter = limiterOfLayer()
    return async function concurrency(given, init) {
      const perCall = init?.concurrency
      const bare = withoutOption('concurrency', init)
      if (perCall === false) return fetch(given, bare)
      if (perCall !== undefined) assertTurnOptions(perCall)
      const input = inputAsMade(given)
      const rest = initAsMade(bare)

      const signal = signalOf(input, rest)
      const queueTimeout = perCall?.queueTimeout ?? limiter.turn.queueTimeout
      const until = perCall?.until ?? limiter.turn.until
      let release: (() => void) | undefined
      try {
        signal?.throwIfAborted()
        const entering = limiter.enter(input, { signal, queueTimeout })
        release = typeof entering === 'function' ? entering : await entering
        // It may have aborted after its turn had come.
        signal?.throwIfAborted()
      } catch (reason) {
        release?.()
        cancelUpload(input, rest, reason)
        throw reason
      }
      try {
        const response = await fetch(input, rest)
        assertResponse('concurrency', response)
        if (until === 'headers') release()
        else onBodyEnd(response, release)
        return response
      } catch (error) {
        release()
        throw error
      }
    }
  }
}

function limiterFrom(options: ConcurrencyOptions): () => Limiter {
  if (!options || typeof options !== 'object' || !('limiter' in options)) {
    assertLimiterOptions(options)
    const own = { ...options }
    return () => limiter(own)
  }
  const shared = options.limiter
  if (typeof shared?.enter !== 'function') {
    throw new TypeError(`concurrency: limiter must be made by limiter(), got ${inWords(shared)}`)
  }
  const other = Object.keys(options).find((name) => name !== 'limiter')
  if (other) throw new TypeError(`concurrency: give ${JSON.stringify(other)} to limiter(): the shared one has its own`)
  return () => shared
}
