import { createHistogram } from 'node:perf_hooks'

/** How long calls took, in milliseconds: the time that so many per cent of them did not exceed. */
export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
}

/** In microseconds: an hour. */
const longest = 3_600_000_000

/** The times of any number of calls in little memory: each to a thousandth of itself, and at least a microsecond. */
export class Latencies {
  readonly #histogram = createHistogram({ lowest: 1, highest: longest, figures: 3 })

  /** In milliseconds. */
  add(time: number): void {
    this.#histogram.record(Math.min(Math.max(Math.round(time * 1000), 1), longest))
  }

  include(others: Latencies): void {
    this.#histogram.add(others.#histogram)
  }

  /** Undefined where there are none. */
  percentiles(): Percentiles | undefined {
    if (this.#histogram.count === 0) return undefined
    const [p50 = 0, p90 = 0, p99 = 0, p999 = 0] = [50, 90, 99, 99.9].map((share) => this.#histogram.percentile(share))
    return { p50: p50 / 1000, p90: p90 / 1000, p99: p99 / 1000, p999: p999 / 1000 }
  }
}
