import { abortable } from './abort.ts'

/** The longest delay that platforms can represent, in milliseconds; a longer one would fire at once. */
const longest = 2 ** 31 - 1

/** A timer that is running. */
export class Timer {
  readonly #callback: () => void
  #handle: unknown
  #referenced = true

  constructor(delay: number, callback: () => void) {
    this.#callback = callback
    if (delay !== Number.POSITIVE_INFINITY) this.#arm(delay)
  }

  /** Stops it; does nothing when it has fired or was stopped before. */
  stop(): void {
    clearTimeout(this.#handle as Parameters<typeof clearTimeout>[0])
  }

  /** Lets the process exit while the timer runs, where the platform knows of such a thing. */
  unref(): void {
    this.#referenced = false
    unrefHandle(this.#handle)
  }

  #arm(delay: number): void {
    this.#handle =
      delay > longest
        ? setTimeout(() => this.#arm(delay - longest), longest)
        : setTimeout(this.#callback, Math.max(0, delay))
    if (!this.#referenced) unrefHandle(this.#handle)
  }
}

/** Runs `callback` after `delay` milliseconds, however long that is. `Infinity` is never. */
export function startTimer(delay: number, callback: () => void): Timer {
  return new Timer(delay, callback)
}

/**
 * Resolves after `delay` milliseconds. When `signal` aborts, it rejects at once with the signal's own reason, whatever
 * that is, and the timer is gone.
 */
export async function sleep(delay: number, signal?: AbortSignal): Promise<void> {
  let timer: Timer | undefined
  try {
    await abortable(
      new Promise<void>((resolve) => {
        timer = startTimer(delay, resolve)
      }),
      signal,
    )
  } finally {
    timer?.stop()
  }
}

function unrefHandle(handle: unknown): void {
  if (typeof handle === 'object' && handle !== null && 'unref' in handle && typeof handle.unref === 'function') {
    handle.unref()
  }
}
