import { abortable } from './abort.ts'

/** A timer that is running. */
export interface Timer {
  /** Stops it; does nothing when it has fired or was stopped before. */
  stop(): void
  /** Lets the process exit while the timer runs, where the platform knows of such a thing. */
  unref(): void
}

/** The longest delay that platforms can represent, in milliseconds; a longer one would fire at once. */
const longest = 2 ** 31 - 1

/** Runs `callback` after `delay` milliseconds, however long that is. `Infinity` is never. */
export function startTimer(delay: number, callback: () => void): Timer {
  let handle: unknown
  let referenced = true
  const arm = (remaining: number): void => {
    handle = setTimeout(
      () => (remaining > longest ? arm(remaining - longest) : callback()),
      Math.max(0, Math.min(remaining, longest)),
    )
    if (!referenced) unrefHandle(handle)
  }
  if (delay !== Number.POSITIVE_INFINITY) arm(delay)
  return {
    stop: () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]),
    unref: () => {
      referenced = false
      unrefHandle(handle)
    },
  }
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
