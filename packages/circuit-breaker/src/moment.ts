/** A point in time, by the clock that only goes forward and by the one on the wall, in milliseconds. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

/** So many milliseconds ago. */
export function momentAgo(time: number): Moment {
  return { monotonic: performance.now() - time, wall: Date.now() - time }
}

/**
 * The milliseconds since then, by the clock that says more: the one that only goes forward may have stood still, with
 * its machine or because a test has replaced the other clocks only, and the one on the wall may have been set back.
 */
export function millisecondsSince({ monotonic, wall }: Moment): number {
  return Math.max(performance.now() - monotonic, Date.now() - wall)
}
