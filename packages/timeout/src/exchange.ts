import {
  assertResponse,
  DerivedSignal,
  discard,
  type FetchInit,
  type FetchInput,
  onBodyEnd,
  startTimer,
  type Timer,
  watchBody,
} from '@steadfetch/core'
import type { TimeoutOptions } from './timeout.ts'
import { TimeoutError, type TimeoutLimit } from './timeout-error.ts'

/**
 * The clocks of one call. It knows nothing of the response: what the timers refer to is never collected, and a response
 * that nobody has any more must be.
 */
export class Exchange {
  readonly #limits: Required<TimeoutOptions>
  readonly #own: DerivedSignal
  readonly #timer: Timer | undefined
  readonly #headersTimer: Timer | undefined
  #idleTimer: Timer | undefined
  #phase: 'headers' | 'body' = 'headers'

  constructor(input: FetchInput, init: FetchInit | undefined, options: TimeoutOptions) {
    const { after = Infinity, headers = Infinity, idle = Infinity } = options
    this.#limits = { after, headers, idle }
    this.#own = new DerivedSignal(input, init, performance.now() + Math.min(after, headers))
    if (after !== Infinity) this.#timer = this.#start('after', after)
    if (headers < after) this.#headersTimer = this.#start('headers', headers)
  }

  /** Settles with the response to what is sent, or with the reason the moment a limit is exceeded or the caller aborts. */
  run(
    send: (signal: AbortSignal) => Promise<Response>,
    resolve: (response: Response) => void,
    reject: (reason: unknown) => void,
  ): void {
    const rejected = (reason: unknown): void => {
      this.#end()
      reject(reason)
    }
    const fulfilled = (response: Response): void => {
      try {
        assertResponse('timeout', response)
        this.#headersArrived()
        if (this.#limits.idle !== Infinity) watchBody(response, this)
        // Of a limit for the headers alone, nothing is left to wait for but the caller's abort.
        if (this.#timer || this.#limits.idle !== Infinity || this.#own.follows) onBodyEnd(response, this.#ending())
        resolve(response)
      } catch (error) {
        rejected(error)
      }
    }
    try {
      this.#own.signal.throwIfAborted()
      this.#own.wait(send(this.#own.signal), { fulfilled, rejected, late: discard })
    } catch (error) {
      rejected(error)
    }
  }

  /** The consumer waits for a chunk. */
  waiting(): void {
    this.#idleTimer ??= this.#start('idle', this.#limits.idle)
  }

  /** The chunk has come. */
  arrived(): void {
    this.#idleTimer?.stop()
    this.#idleTimer = undefined
  }

  /** What still runs does not keep the process alive: only the connection does. */
  #headersArrived(): void {
    this.#phase = 'body'
    this.#headersTimer?.stop()
    this.#timer?.unref()
  }

  /** In a function of its own: a closure made beside the response would keep it alive. */
  #ending(): () => void {
    return () => this.#end()
  }

  /** Nothing of the call is left behind. */
  #end(): void {
    this.#timer?.stop()
    this.#headersTimer?.stop()
    this.#idleTimer?.stop()
    this.#own.release()
  }

  #start(option: TimeoutLimit, delay: number): Timer {
    return startTimer(delay, () => this.#own.abort(new TimeoutError(option, this.#limits[option], this.#phase)))
  }
}
