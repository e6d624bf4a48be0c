/// <reference lib="esnext.disposable" />
import {
  assertDuration,
  assertOptions,
  assertPer,
  assertWhole,
  type FetchInput,
  inWords,
  Keyed,
  keyOf,
  keyOfUrl,
  type Per,
} from '@steadfetch/core'
import { Gate, type Release, type Wait } from './gate.ts'
import { Patience } from './patience.ts'

/** Options of {@link limiter}, and of a concurrency layer that has a limiter of its own. */
export interface LimiterOptions extends TurnOptions {
  /** How many exchanges may be under way at a time; `Infinity` is no limit. */
  limit: number
  /** How many calls may wait; 0 refuses what cannot be made now. @default Infinity */
  queue?: number
  /** What has a limit of its own. @default 'origin' */
  per?: Per
}

/** What each call may have of its own. */
export interface TurnOptions {
  /** How long a call may wait, in milliseconds; `Infinity` is for ever. @default 300000 */
  queueTimeout?: number
  /** A call holds its slot until the end of the body, or until the headers. @default 'body' */
  until?: 'body' | 'headers'
}

/** What {@link Limiter.stats} tells. */
export interface LimiterStats {
  /** Exchanges under way. */
  readonly active: number
  /** Calls that wait. */
  readonly queued: number
  /** How many exchanges may be under way at a time, for each key. */
  readonly limit: number
}

/** How many exchanges may be under way: to look at, to change at run time, and to share between layers. */
export interface Limiter extends Disposable {
  /** For each key. A higher one starts waiters at once, a lower one lets what is under way finish. */
  limit: number
  /** How things stand for where a URL leads, or for all together. */
  stats(url?: FetchInput): LimiterStats
  /** Refuses those who wait and every further call; what is under way finishes. */
  close(): void
  /** A slot for a call, as a layer needs it: at once where one is free. The promise rejects when there is none to be had. */
  enter(input: FetchInput, wait: Wait): Release | Promise<Release>
  /** How its calls wait unless they say otherwise. */
  readonly turn: Required<TurnOptions>
}

const known = ['limit', 'queue', 'queueTimeout', 'per', 'until']

/**
 * A limiter to share, to look at, or to change at run time.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function limiter(options: LimiterOptions): Limiter {
  assertLimiterOptions(options)
  const { queue = Number.POSITIVE_INFINITY, per = 'origin', queueTimeout = 300_000, until = 'body' } = options
  let { limit } = options
  let closed = false
  const patience = new Patience()
  const gates = new Keyed((key) => new Gate(key, { limit, queue, patience }), {
    inUse: ({ active, queued }) => active > 0 || queued > 0,
  })

  const close = (): void => {
    closed = true
    for (const gate of gates.values()) gate.close()
  }
  return {
    turn: { queueTimeout, until },
    get limit() {
      return limit
    },
    set limit(value) {
      assertCount('concurrency: limit', value, 1)
      limit = value
      for (const gate of gates.values()) gate.limit = value
    },
    stats: (url) => {
      const gate = url === undefined ? undefined : gates.peek(keyOfUrl('limiter', per, url))
      const counted = url === undefined ? [...gates.values()] : gate ? [gate] : []
      return {
        active: counted.reduce((sum, { active }) => sum + active, 0),
        queued: counted.reduce((sum, { queued }) => sum + queued, 0),
        limit,
      }
    },
    enter: (input, wait) => {
      const gate = gates.of(keyOf('concurrency', per, input))
      if (closed) throw gate.refusal('closed')
      return gate.tryEnter() ?? gate.enter(wait)
    },
    close,
    [Symbol.dispose]: close,
  }
}

/** @throws {TypeError | RangeError} that names the option. */
export function assertLimiterOptions(options: LimiterOptions): void {
  assertOptions('concurrency', options, known)
  const { limit, queue, per, ...turn } = options
  assertCount('concurrency: limit', limit, 1)
  if (queue !== undefined) assertCount('concurrency: queue', queue, 0)
  if (per !== undefined) assertPer('concurrency: per', per)
  assertTurnOptions(turn)
}

/** @throws {TypeError | RangeError} that names the option. */
export function assertTurnOptions(options: TurnOptions): void {
  assertOptions('concurrency: per call', options, ['queueTimeout', 'until'])
  const { queueTimeout, until } = options
  if (queueTimeout !== undefined) assertDuration('concurrency: queueTimeout', queueTimeout)
  if (until !== undefined && until !== 'body' && until !== 'headers') {
    throw new TypeError(`concurrency: until must be 'body' or 'headers', got ${inWords(until)}`)
  }
}

/** A whole number, or `Infinity`. */
function assertCount(what: string, value: unknown, least: number): void {
  if (value !== Number.POSITIVE_INFINITY) assertWhole(what, value, least)
}
