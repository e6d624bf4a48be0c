import { DerivedSignal, discard, type FetchInit, type FetchInput, startTimer, type Timer } from '@steadfetch/core'
import type { TimeoutOptions } from './timeout.ts'
import { TimeoutError, type TimeoutLimit } from './timeout-error.ts'

/**
 * The clocks of one call. It knows nothing of the response: what the timers refer to is never collected, and a response
 * that nobody has any more must be.
 */
export class Exchange {
  readonly #limits: Required<TimeoutOptions>
  readonly #own: DerivedSignal
  readonly #started = performance.now()
  #phase: 'headers' | 'body' = 'headers'
  #timer: Timer
  #idleTimer: Timer | undefined

  constructor(input: FetchInput, init: FetchInit | undefined, options: TimeoutOptions) {
    const { after = Infinity, headers = Infinity, idle = Infinity } = options
    this.#limits = { after, headers, idle }
    this.#own = new DerivedSignal(input, init, this.#started + Math.min(after, headers))
    this.#timer = headers < after ? this.#start('headers', headers) : this.#start('after', after)
  }

  /** Aborts for the caller's reason, or for a {@link TimeoutError}. */
  get signal(): AbortSignal {
    return this.#own.signal
  }

  /** The response, or the reason the moment the signal aborts; a response that comes too late is thrown away. */
  race(fetching: Promise<Response>): Promise<Response> {
    return this.#own.race(fetching, discard)
  }

  /** Whether the consumer's waits for each chunk have to be told to {@link waiting} and {@link arrived}. */
  get limitsIdle(): boolean {
    return this.#limits.idle !== Infinity
  }

  /** The headers have come. What still runs does not keep the process alive: only the connection does. */
  headersArrived(): void {
    this.#phase = 'body'
    const { after, headers } = this.#limits
    if (headers < after) {
      this.#timer.stop()
      this.#timer = this.#start('after', this.#started + after - performance.now())
    }
    this.#timer.unref()
  }

  waiting(): void {
    this.#idleTimer ??= this.#start('idle', this.#limits.idle)
  }

  arrived(): void {
    this.#idleTimer?.stop()
    this.#idleTimer = undefined
  }

  /** Nothing of the call is left behind. */
  end(): void {
    this.#timer.stop()
    this.#idleTimer?.stop()
    this.#own.release()
  }

  #start(option: TimeoutLimit, delay: number): Timer {
    return startTimer(delay, () => this.#own.abort(new TimeoutError(option, this.#limits[option], this.#phase)))
  }
}
