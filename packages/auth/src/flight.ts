import { abortable } from '@steadfetch/core'

/** Something under way that many calls wait for, and that is given up when none of them does any more. */
export class Flight<Outcome> {
  readonly #controller = new AbortController()
  readonly #landing = Promise.withResolvers<Outcome>()
  readonly #deserted: () => unknown
  #waiting = 0
  #isLanded = false

  /** @param deserted makes the reason that the signal aborts with when nobody waits any more. */
  constructor(deserted: () => unknown) {
    this.#deserted = deserted
  }

  /** Aborts when it has taken too long, and when nobody waits any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Whether it is no use to wait for it. */
  get isOver(): boolean {
    return this.#isLanded || this.signal.aborted
  }

  end(reason: unknown): void {
    this.#controller.abort(reason)
  }

  land(outcome: Outcome): void {
    this.#isLanded = true
    this.#landing.resolve(outcome)
  }

  /** What it comes to. Rejects with the reason of a caller that has had enough. */
  async outcome(caller: AbortSignal | undefined): Promise<Outcome> {
    this.#waiting += 1
    try {
      return await abortable(this.#landing.promise, caller)
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0 && !this.isOver) this.end(this.#deserted())
    }
  }
}
