/// <reference path="./opossum.d.ts" />
import Opossum from 'opossum'
import type { Thresholds } from './circuit.ts'
import { RollingWindow } from './rolling-window.ts'

const buckets = 10

/** The longest delay that a timer can have, in milliseconds; a longer one would fire at once. */
const longest = 2 ** 31 - 1

/**
 * A circuit from when it closes or its probe fails until that happens again. opossum has the failure rate over a
 * rolling window, and the way from open to half-open. It is told the verdict on a call, when there is one, and never
 * gets to see the call itself: so a call without a verdict, and one that hangs, leave it as it is.
 */
export class Generation {
  readonly #options
  readonly #opossum: Opossum
  readonly #window: RollingWindow
  #openTime: number

  constructor(thresholds: Thresholds, opens: () => void, halfOpens: () => void) {
    this.#openTime = thresholds.openTime
    this.#window = new RollingWindow(thresholds.window, buckets)
    this.#options = {
      // opossum opens above the threshold, we do at it.
      errorThresholdPercentage: thresholds.failureRate * 100 - 1e-6,
      volumeThreshold: thresholds.minimumCalls,
      rollingCountTimeout: thresholds.window,
      rollingCountBuckets: buckets,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#window,
      timeout: false as const,
      resetTimeout: longest,
    }
    this.#opossum = new Opossum(pronounce, this.#options)
    this.#opossum.on('open', opens).on('halfOpen', () => {
      // Of a time that no timer can hold, the end is found by the clock, when somebody calls.
      if (this.#openTime <= longest) halfOpens()
    })
  }

  /** How long it is open, or was the last time, in milliseconds. */
  get openTime(): number {
    return this.#openTime
  }

  /** All that a success is for is to be counted: a whole `fire` takes promises and events, and keeps a number of each. */
  succeeded(): void {
    this.#window.turn()
    this.#opossum.status.increment('fires')
  }

  /** Opens, for so long, when this failure brings the rate to the threshold. */
  failed(openTime: number): void {
    this.#window.turn()
    this.#opensFor(openTime)
    this.#opossum.fire('failure').catch(() => {})
  }

  open(openTime: number): void {
    this.#opensFor(openTime)
    this.#opossum.open()
  }

  #opensFor(openTime: number): void {
    this.#openTime = openTime
    this.#options.resetTimeout = Math.min(openTime, longest)
  }

  /** Ends its timer. It must not be used any more. */
  end(): void {
    this.#opossum.shutdown()
  }
}

/** opossum takes a failure in the form of a promise that is not kept; what for does not matter, so it costs no stack. */
function pronounce(verdict: 'failure'): Promise<void> {
  return Promise.reject(verdict)
}
