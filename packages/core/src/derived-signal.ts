import { isRequest, signalOf } from './call.ts'
import { deadlineOf } from './deadline.ts'
import type { FetchInit, FetchInput } from './fetch.ts'
import { Hub, hubOf, setHub } from './hub.ts'
import type { Place } from './line.ts'

/** What comes of a promise that {@link DerivedSignal.wait} waits for. None of these may throw. */
export interface Waiting<Value> {
  fulfilled(value: Value): void
  /** Told again when the promise fails after the abort. */
  rejected(reason: unknown): void
  /** What the promise fulfils with after the abort. */
  late(value: Value): void
}

/** Calls under way whose caller's signal is one that only its `Request` keeps connected to what aborts it. */
const connected = new Set<DerivedSignal>()

/**
 * A signal of one call's own: it follows the caller's, reason and all, and can be aborted for a reason of the layer's.
 * Hand it inward as `init.signal`, and release it when the exchange is over, which may be after the response.
 *
 * It is the hub of its signal, and need not listen to it: nobody but {@link abort} aborts that.
 */
export class DerivedSignal extends Hub {
  readonly #controller = new AbortController()
  readonly signal = this.#controller.signal
  #request: Request | undefined
  #parent: Hub | undefined
  #place: Place<() => void> | undefined
  #waiting: Waiting<never> | undefined

  /** @param deadline when the response is due at the latest, by `performance.now()`; the caller's may be earlier. */
  constructor(input: FetchInput, init: FetchInit | undefined, deadline = Number.POSITIVE_INFINITY) {
    super()
    const parent = signalOf(input, init)
    this.deadline = Math.min(deadline, deadlineOf(parent))
    setHub(this.signal, this)
    if (parent === undefined) return
    if (parent.aborted) {
      this.abort(parent.reason)
      return
    }
    this.#parent = hubOf(parent)
    this.#place = this.#parent.add(() => this.abort(parent.reason))
    if (isRequest(input) && parent === input.signal) {
      this.#request = input
      connected.add(this)
    }
  }

  /** Whether there is a signal of the caller's that it follows. */
  get follows(): boolean {
    return this.#parent !== undefined
  }

  abort(reason: unknown): void {
    if (this.signal.aborted) return
    this.#controller.abort(reason)
    this.#waiting?.rejected(this.signal.reason)
    this.notify()
  }

  /**
   * What {@link abortable} does, for the one promise of the call that the signal was handed to, and for less, as it
   * makes no promise: tells its outcome, or the reason the moment the signal aborts.
   */
  wait<Value>(promise: Value | PromiseLike<Value>, waiting: Waiting<Value>): void {
    this.#waiting = waiting
    if (this.signal.aborted) waiting.rejected(this.signal.reason)
    Promise.resolve(promise).then(
      (value) => {
        // It may keep the value alive for as long as the exchange takes.
        this.#waiting = undefined
        if (this.signal.aborted) waiting.late(value)
        else waiting.fulfilled(value)
      },
      (reason: unknown) => waiting.rejected(reason),
    )
  }

  /** Stops following the caller's signal, and lets go of it and its request; safe to call more than once. */
  release(): void {
    if (this.#place) this.#parent?.remove(this.#place)
    this.#place = undefined
    this.#parent = undefined
    if (this.#request === undefined) return
    this.#request = undefined
    connected.delete(this)
  }
}
