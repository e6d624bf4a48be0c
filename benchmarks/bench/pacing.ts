import { setTimeout } from 'node:timers/promises'

/** When calls are made. Durations are in milliseconds. */
export interface Pace {
  /** The most calls under way. */
  readonly concurrency: number
  /** How many calls, where that is what ends it. */
  readonly calls?: number | undefined
  /** For how long, where that is what ends it. */
  readonly duration?: number | undefined
}

export interface Schedule extends Pace {
  readonly calls: number
  /** Calls started in a second. */
  readonly rate: number
}

/** Makes a call, and is told when it should have started, on the clock of `performance.now()`. */
export type Call = (due: number) => Promise<void>

/** A free caller that wakes up so late, in milliseconds, was held up by its timer, and by nothing that is measured. */
const timerGrain = 2

/** Makes calls back to back: each caller the next one when the one before is over. */
export async function closedLoop(pace: Pace, stop: AbortSignal, call: Call): Promise<void> {
  const end = performance.now() + (pace.duration ?? Infinity)
  let left = pace.calls ?? Infinity
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); left > 0 && now < end && !stop.aborted; now = performance.now()) {
      left -= 1
      await call(now)
    }
  }
  await Promise.all(Array.from({ length: pace.concurrency }, caller))
}

/**
 * Makes calls at their times, however the ones before fare: who finds no free caller waits, and that counts. Where there
 * is a duration, it gives up after twice as long; `miss` is told of those that have not started by then.
 */
export async function openLoop(
  schedule: Schedule,
  stop: AbortSignal,
  call: Call,
  miss: (due: number) => void,
): Promise<void> {
  const { concurrency, calls, rate, duration } = schedule
  const begin = performance.now()
  const end = begin + 2 * (duration ?? Infinity)
  let started = 0
  const caller = async (): Promise<void> => {
    while (started < calls) {
      const due = begin + (started * 1000) / rate
      started += 1
      const wait = due - performance.now()
      if (wait > 0) await setTimeout(wait, undefined, { signal: stop }).catch(() => {})
      if (stop.aborted) return
      const now = performance.now()
      if (now > end) miss(due)
      else await call(wait > 0 && now - due < timerGrain ? now : due)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, calls) }, caller))
  const rest = begin + (calls * 1000) / rate - performance.now()
  if (rest > 0) await setTimeout(rest, undefined, { signal: stop }).catch(() => {})
}
