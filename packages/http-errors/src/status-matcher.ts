import { inWords } from '@steadfetch/core'

/** A status, or all of a class of statuses. */
export type StatusPattern = number | '2xx' | '3xx' | '4xx' | '5xx'

const classes: readonly unknown[] = ['2xx', '3xx', '4xx', '5xx']

/**
 * A function that tells whether a status is one of these.
 *
 * @throws {TypeError | RangeError} when they are no list of patterns; `what` names it, as in `httpErrors: statuses`.
 */
export function statusMatcher(what: string, patterns: readonly StatusPattern[]): (status: number) => boolean {
  if (!Array.isArray(patterns)) throw new TypeError(`${what} must be an array of statuses, got ${inWords(patterns)}`)
  for (const pattern of patterns) assertPattern(what, pattern)
  const set = new Set<unknown>(patterns)
  return (status) => set.has(status) || set.has(`${Math.trunc(status / 100)}xx`)
}

function assertPattern(what: string, pattern: unknown): void {
  const must = `${what} must have statuses from 200 to 999 and classes such as '4xx'`
  if (typeof pattern === 'number') {
    if (Number.isInteger(pattern) && pattern >= 200 && pattern <= 999) return
    throw new RangeError(`${must}, got ${pattern}`)
  }
  if (!classes.includes(pattern)) throw new TypeError(`${must}, got ${inWords(pattern)}`)
}
