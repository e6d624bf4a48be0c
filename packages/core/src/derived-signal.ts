import { onAbort } from './abort.ts'
import { isRequest, signalOf } from './call.ts'
import { deadlineOf, setDeadline } from './deadline.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

/** Calls under way whose caller's signal is one that only its `Request` keeps connected to what aborts it. */
const connected = new Set<DerivedSignal>()

/**
 * A signal of one call's own: it follows the caller's, reason and all, and can be aborted for a reason of the layer's.
 * Hand it inward as `init.signal`, and release it when the exchange is over, which may be after the response.
 */
export class DerivedSignal {
  readonly #controller = new AbortController()
  readonly #input: FetchInput
  readonly #unfollow: (() => void) | undefined

  /** @param deadline when the response is due at the latest, by `performance.now()`; the caller's may be earlier. */
  constructor(input: FetchInput, init: FetchInit | undefined, deadline = Number.POSITIVE_INFINITY) {
    this.#input = input
    const parent = signalOf(input, init)
    setDeadline(this.signal, Math.min(deadline, deadlineOf(parent)))
    if (parent === undefined) return
    if (parent.aborted) {
      this.abort(parent.reason)
      return
    }
    this.#unfollow = onAbort(parent, () => this.abort(parent.reason))
    if (isRequest(this.#input) && parent === this.#input.signal) connected.add(this)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason)
  }

  /** Stops following the caller's signal; safe to call more than once. */
  release(): void {
    this.#unfollow?.()
    connected.delete(this)
  }
}
