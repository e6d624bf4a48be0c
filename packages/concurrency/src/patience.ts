import { Line, startTimer, type Timer } from '@steadfetch/core'

/** Somebody who waits, and not for ever. */
export interface Waiting {
  /** When it began to, by `performance.now()`. */
  readonly since: number
  /** Told when it has waited for too long. */
  expired(): void
}

/**
 * Ends waits that take too long. However many wait there is one timer for all that may wait equally long: they came one
 * after the other, and so they go.
 */
export class Patience {
  readonly #limits = new Map<number, TimeLimit>()

  /**
   * @param time how long it may wait, in milliseconds; `Infinity` is for ever.
   * @returns a function that takes it away again.
   */
  add(waiting: Waiting, time: number): (() => void) | undefined {
    if (time === Number.POSITIVE_INFINITY) return undefined
    const limit = this.#limits.get(time) ?? new TimeLimit(time, () => this.#limits.delete(time))
    this.#limits.set(time, limit)
    return limit.add(waiting)
  }
}

class TimeLimit {
  readonly #time: number
  readonly #line = new Line<Waiting>()
  readonly #emptied: () => void
  #timer: Timer | undefined

  constructor(time: number, emptied: () => void) {
    this.#time = time
    this.#emptied = emptied
  }

  add(waiting: Waiting): () => void {
    const place = this.#line.join(waiting)
    this.#timer ??= this.#start(waiting, performance.now())
    return () => {
      if (!place.taken) return
      this.#line.leave(place)
      // Otherwise it goes on for who is first now and came later: it looks again when it fires.
      if (this.#line.size === 0) this.#end()
    }
  }

  #start({ since }: Waiting, now: number): Timer {
    const due = since + this.#time
    return startTimer(due - now, () => this.#fired(due))
  }

  /** That it has fired is taken for the time: a test may have replaced the timers, and not this clock. */
  #fired(due: number): void {
    const now = Math.max(due, performance.now())
    for (let { first } = this.#line; first; first = this.#line.first) {
      if (first.value.since + this.#time > now) {
        this.#timer = this.#start(first.value, now)
        return
      }
      this.#line.leave(first)
      first.value.expired()
    }
    this.#end()
  }

  #end(): void {
    this.#timer?.stop()
    this.#timer = undefined
    this.#emptied()
  }
}
