import {
  assertDuration,
  assertFunction,
  assertOptions,
  type Middleware,
  withoutOption,
  withPerCall,
} from '@steadfetch/core'
import { Exchange } from './exchange.ts'

export { TimeoutError, type TimeoutLimit } from './timeout-error.ts'

/** Options of {@link timeout}, in milliseconds. An option that is absent, or `Infinity`, is no limit. */
export interface TimeoutOptions {
  /** For the whole exchange, from the call until the body's end; the time that the consumer takes to read counts. */
  after?: number
  /** From the call until the response's headers, which is when `await fetch()` returns. */
  headers?: number
  /** For the server's silence in the body while somebody waits for the next chunk; a slow consumer does not count. */
  idle?: number
}

/**
 * Gives up on an exchange that takes too long.
 *
 * Outside of a retry it limits the whole of it, inside of it each attempt. A per-call `{ timeout: { after: 500 } }`
 * changes the limits that it names, for the outermost timeout of a stack; `{ timeout: false }` turns that one off.
 *
 * @throws {TypeError} at once, when the options are no object, have an unknown member or limit nothing.
 * @throws {RangeError} at once, when a limit is not a positive number.
 * @returns a middleware whose fetch, or whose response's body, fails with a {@link TimeoutError} when a limit is
 * exceeded, and with the caller's own reason when that aborts first.
 */
export function timeout(options: TimeoutOptions): Middleware<{ timeout?: TimeoutOptions | false }> {
  assertLimits(options)
  const own = { ...options }
  return (fetch) => {
    assertFunction('timeout: fetch', fetch)
    return function timeout(input, init) {
      // Not an async function: one that awaits a race of the response and the limits costs two promises more.
      return new Promise((resolve, reject) => {
        const perCall = init?.timeout
        const rest = withoutOption('timeout', init)
        if (perCall === false) return resolve(fetch(input, rest))
        if (perCall !== undefined) assertOptions('timeout', perCall, names)
        const limits = perCall === undefined ? own : withPerCall(own, perCall)
        if (perCall !== undefined) assertLimits(limits)

        new Exchange(input, rest, limits, { resolve, reject }).send(fetch, input, rest)
      })
    }
  }
}

const names = ['after', 'headers', 'idle']

function assertLimits(options: TimeoutOptions): void {
  assertOptions('timeout', options, names)
  const limits = Object.entries(options).filter(([, limit]) => limit !== undefined)
  if (limits.length === 0) throw new TypeError('timeout: give at least one limit: after, headers or idle')
  for (const [name, limit] of limits) assertDuration(`timeout: ${name}`, limit)
}
