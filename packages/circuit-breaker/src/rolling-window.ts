import { millisecondsSince, momentAgo } from './moment.ts'

/**
 * Turns the buckets of an opossum's window over, by the clock and when asked to: without it every circuit would have a
 * timer running for as long as it exists. It has the members of an event emitter that opossum uses.
 */
export class RollingWindow {
  readonly #bucket: number
  readonly #buckets: number
  #turned = momentAgo(0)
  #turn: (() => void) | undefined

  /** @param length of the whole window, in milliseconds. */
  constructor(length: number, buckets: number) {
    this.#bucket = length / buckets
    this.#buckets = buckets
  }

  /** Lets go of what is older than the window. */
  turn(): void {
    const since = millisecondsSince(this.#turned)
    const due = Math.floor(since / this.#bucket)
    if (due > 0) this.#turned = momentAgo(since % this.#bucket)
    for (let turns = Math.min(due, this.#buckets); turns > 0; turns -= 1) this.#turn?.()
  }

  on(_event: 'rotate', turn: () => void): void {
    this.#turn = turn
  }

  removeListener(): void {
    this.#turn = undefined
  }

  listenerCount(): number {
    return this.#turn === undefined ? 0 : 1
  }
}
