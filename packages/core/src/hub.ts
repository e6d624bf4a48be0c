import { Line, type Place } from './line.ts'
import { createNotes } from './notes.ts'

type Callback = () => void

/** What is kept with a signal: those who wait for its abort, in line, and the deadline of the call that it governs. */
export class Hub extends Line<Callback> {
  /** By `performance.now()`. */
  deadline = Number.POSITIVE_INFINITY
  readonly #signal: AbortSignal | undefined

  /** @param signal what to listen to; absent where whoever aborts it says so, by {@link notify}. */
  constructor(signal?: AbortSignal) {
    super()
    this.#signal = signal
  }

  /** However many wait, the signal carries one listener, and none when nobody waits. */
  add(callback: Callback): Place<Callback> {
    if (this.size === 0) this.#signal?.addEventListener('abort', this, { once: true })
    return this.join(callback)
  }

  remove(place: Place<Callback>): void {
    this.leave(place)
    if (this.size === 0) this.#signal?.removeEventListener('abort', this)
  }

  /** The signal has aborted: calls everyone back, once. */
  notify(): void {
    for (let place = this.first; place; place = this.first) {
      this.leave(place)
      place.value()
    }
  }

  /** What the platform calls when the signal aborts. */
  handleEvent(): void {
    this.notify()
  }
}

const hubs = createNotes<AbortSignal, Hub>()

/** The hub of a signal, if it has one. */
export function findHub(signal: AbortSignal): Hub | undefined {
  return hubs.get(signal)
}

/** The hub of a signal; where it has none, it gets one that listens to it. */
export function hubOf(signal: AbortSignal): Hub {
  return hubs.get(signal) ?? setHub(signal, new Hub(signal))
}

/** Gives a hub to a signal that has none. */
export function setHub(signal: AbortSignal, hub: Hub): Hub {
  hubs.set(signal, hub)
  return hub
}
