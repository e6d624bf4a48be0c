/** How one call went. */
export interface Outcome {
  /** When it started, on the clock of `performance.now()`. */
  readonly at: number
  /** Until its body was read or it failed, in milliseconds. */
  readonly duration: number
  /** `HTTP 503`, or the `errorKind`; undefined for a success. */
  readonly failure: string | undefined
}

/** What has come of a side's calls up to now. */
export class Tally {
  /** When each call started, the ones that are not over included. */
  readonly started: number[] = []
  readonly outcomes: Outcome[] = []
  ok = 0

  get calls(): number {
    return this.outcomes.length
  }

  get failed(): number {
    return this.calls - this.ok
  }

  add(outcome: Outcome): void {
    this.outcomes.push(outcome)
    if (outcome.failure === undefined) this.ok += 1
  }

  /** The time within which a share of all calls were over, failed ones included; undefined when there are none. */
  latency(share: number): number | undefined {
    const durations = this.outcomes.map(({ duration }) => duration).sort((a, b) => a - b)
    return durations[Math.ceil(durations.length * share) - 1]
  }

  /** How many calls failed with `failure`. */
  failedWith(failure: string): number {
    return this.outcomes.filter((outcome) => outcome.failure === failure).length
  }
}
