import { createNotes } from './notes.ts'

type Callback = () => void

/**
 * What is kept with a signal: who waits for its abort, and the deadline of the call that it governs. It is one record in
 * one weak table, because every entry of such a table is work for the garbage collector.
 */
export class Hub {
  /** By `performance.now()`. */
  deadline = Number.POSITIVE_INFINITY
  readonly #signal: AbortSignal | undefined
  /** By the function that takes them away again. */
  #callbacks: Map<Callback, Callback> | undefined

  /** @param signal what to listen to; absent where whoever aborts it says so, by {@link notify}. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** However many wait, the signal carries one listener, and none when nobody waits. */
  add(callback: Callback): Callback {
    this.#callbacks ??= new Map()
    const callbacks = this.#callbacks
    const stop = (): void => {
      if (callbacks.delete(stop) && callbacks.size === 0) this.#signal?.removeEventListener('abort', this)
    }
    if (callbacks.size === 0) this.#signal?.addEventListener('abort', this, { once: true })
    callbacks.set(stop, callback)
    return stop
  }

  /** The signal has aborted: calls everyone back, once. */
  notify(): void {
    const callbacks = this.#callbacks
    if (callbacks === undefined) return
    for (const [stop, callback] of callbacks) {
      callbacks.delete(stop)
      callback()
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
