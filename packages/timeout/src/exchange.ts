import {
  assertResponse,
  type BodyWatcher,
  cancelUpload,
  DerivedSignal,
  discard,
  type Fetch,
  type FetchInit,
  type FetchInput,
  onBodyEnd,
  startTimer,
  type Timer,
  type Waiting,
  watchBody,
  withInit,
} from '@steadfetch/core'
import type { TimeoutOptions } from './timeout.ts'
import { TimeoutError, type TimeoutLimit } from './timeout-error.ts'

/** The promise of a call, as those who make it have it. */
interface Promised {
  resolve(response: Response): void
  reject(reason: unknown): void
}

/**
 * The clocks of one call. It knows nothing of the response: what the timers refer to is never collected, and a response
 * that nobody has any more must be.
 */
export class Exchange implements Waiting<Response>, BodyWatcher {
  readonly #limits: TimeoutOptions
  readonly #own: DerivedSignal
  /** Until it is settled: it has the response then. */
  #promised: Promised | undefined
  readonly #timer: Timer | undefined
  readonly #headersTimer: Timer | undefined
  #idleTimer: Timer | undefined
  #phase: 'headers' | 'body' = 'headers'

  constructor(input: FetchInput, init: FetchInit | undefined, limits: TimeoutOptions, promised: Promised) {
    const { after = Infinity, headers = Infinity } = limits
    this.#limits = limits
    this.#promised = promised
    this.#own = new DerivedSignal(input, init, performance.now() + Math.min(after, headers))
    if (after !== Infinity) this.#timer = this.#start('after', after)
    if (headers < after) this.#headersTimer = this.#start('headers', headers)
  }

  /** Settles with the response to what is sent, or with the reason the moment a limit is exceeded or the caller aborts. */
  send<Options>(fetch: Fetch<Options>, input: FetchInput, init: (FetchInit & Options) | undefined): void {
    try {
      const { signal } = this.#own
      if (signal.aborted) {
        cancelUpload(input, init, signal.reason)
        throw signal.reason
      }
      this.#own.wait(fetch(input, withInit(init, { signal })), this)
    } catch (error) {
      this.rejected(error)
    }
  }

  fulfilled(response: Response): void {
    try {
      assertResponse('timeout', response)
      this.#headersArrived()
      const { idle = Infinity } = this.#limits
      if (idle !== Infinity) watchBody(response, this)
      // Of a limit for the headers alone, nothing is left to wait for but the caller's abort.
      if (this.#timer || idle !== Infinity || this.#own.follows) onBodyEnd(response, this.#ending())
      this.#promised?.resolve(response)
      this.#promised = undefined
    } catch (error) {
      this.rejected(error)
    }
  }

  rejected(reason: unknown): void {
    this.#end()
    this.#promised?.reject(reason)
    this.#promised = undefined
  }

  late(response: Response): void {
    discard(response)
  }

  /** The consumer waits for a chunk. */
  waiting(): void {
    this.#idleTimer ??= this.#start('idle', this.#limits.idle ?? Infinity)
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

  #start(option: TimeoutLimit, limit: number): Timer {
    return startTimer(limit, () => this.#own.abort(new TimeoutError(option, limit, this.#phase)))
  }
}
