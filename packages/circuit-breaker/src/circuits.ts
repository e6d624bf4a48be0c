import {
  assertDuration,
  assertFunction,
  assertOptions,
  assertPer,
  assertWhole,
  type FetchInput,
  inWords,
  Keyed,
  keyOf,
  keyOfUrl,
  type Per,
  reportUncaught,
} from '@steadfetch/core'
import { Circuit, type CircuitState } from './circuit.ts'

/** Options of {@link circuits}, and of a circuit breaker that has circuits of its own. Durations are in milliseconds. */
export interface CircuitsOptions {
  /** What has a circuit of its own. @default 'origin' */
  per?: Per
  /** The share of failures, among the calls in the window, that opens a circuit: from above 0 to 1. @default 0.5 */
  failureRate?: number
  /** A share is taken of so many calls at least. @default 20 */
  minimumCalls?: number
  /** The time whose calls are counted. @default 30000 */
  window?: number
  /** So many failures one after the other open a circuit as well, however few calls there are. @default 5 */
  failuresInARow?: number
  /** For how long it opens, ± 20 %; twice as long each time that the probe fails. @default 2000 */
  openTime?: number
  /** The longest it opens for, a server's `Retry-After` included. @default 30000 */
  maxOpenTime?: number
  /** Told of each change of a circuit's state. What it throws is reported as an uncaught error. */
  onStateChange?: (change: StateChange) => void
}

/** What {@link CircuitsOptions.onStateChange} is told. */
export interface StateChange {
  /** The origin, or what `per` has made of the URL. */
  readonly origin: string
  readonly from: CircuitState
  readonly to: CircuitState
  /** Of an opening: when a probe will be let through, in milliseconds since the epoch. */
  readonly retryAt?: number
}

/** The circuits of a breaker: to look at, to switch by hand, and to share between breakers. */
export interface Circuits extends Disposable {
  /** The circuit of a URL, as a breaker needs it. */
  of(input: FetchInput): Circuit
  stateOf(url: FetchInput): CircuitState
  /** Makes no more calls to where the URL leads, until {@link reset}. */
  isolate(url: FetchInput): void
  /** Closes the circuit of a URL, and forgets its past. */
  reset(url: FetchInput): void
  /** Forgets every circuit, and ends the timers of the open ones. */
  close(): void
}

const known = [
  'per',
  'failureRate',
  'minimumCalls',
  'window',
  'failuresInARow',
  'openTime',
  'maxOpenTime',
  'onStateChange',
]

/** How many keys are kept; the one unused for the longest time makes room and starts anew, unless it is isolated. */
const most = 1000

/**
 * Circuits to share, or to keep an eye on.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function circuits(options: CircuitsOptions = {}): Circuits {
  assertOptions('circuitBreaker', options, known)
  const { per = 'origin', failureRate = 0.5, minimumCalls = 20, window = 30_000, failuresInARow = 5 } = options
  const { openTime = 2000, maxOpenTime = 30_000, onStateChange } = options
  assertPer('circuitBreaker: per', per)
  if (typeof failureRate !== 'number' || !(failureRate > 0 && failureRate <= 1)) {
    throw new RangeError(
      `circuitBreaker: failureRate must be a number above 0 and up to 1, got ${inWords(failureRate)}`,
    )
  }
  assertWhole('circuitBreaker: minimumCalls', minimumCalls, 1)
  assertDuration('circuitBreaker: window', window)
  assertWhole('circuitBreaker: failuresInARow', failuresInARow, 1)
  assertDuration('circuitBreaker: openTime', openTime)
  assertDuration('circuitBreaker: maxOpenTime', maxOpenTime)
  if (onStateChange !== undefined) assertFunction('circuitBreaker: onStateChange', onStateChange)

  const thresholds = { failureRate, minimumCalls, window, failuresInARow, openTime, maxOpenTime }
  const table = new Keyed(
    (origin) =>
      new Circuit(origin, thresholds, (from, to, retryAt) =>
        report(onStateChange, { origin, from, to, ...(retryAt !== undefined && { retryAt }) }),
      ),
    { most, evicted: (circuit) => circuit.end(), inUse: ({ state }) => state === 'isolated' },
  )
  const of = (input: FetchInput): Circuit => table.of(keyOf('circuitBreaker', per, input))
  const close = (): void => table.clear()
  const keyOfHandled = (url: FetchInput): string => keyOfUrl('circuits', per, url)
  return {
    of,
    stateOf: (url) => table.peek(keyOfHandled(url))?.state ?? 'closed',
    isolate: (url) => table.of(keyOfHandled(url)).isolate(),
    reset: (url) => table.of(keyOfHandled(url)).reset(),
    close,
    [Symbol.dispose]: close,
  }
}

/** The state of a circuit is no place for somebody else's error to end up in. */
function report(onStateChange: CircuitsOptions['onStateChange'], change: StateChange): void {
  try {
    onStateChange?.(change)
  } catch (error) {
    reportUncaught(error)
  }
}
