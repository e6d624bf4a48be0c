/** As much of opossum as is used here; it comes without types of its own. */
declare module 'opossum' {
  interface Options {
    errorThresholdPercentage: number
    volumeThreshold: number
    rollingCountTimeout: number
    rollingCountBuckets: number
    rollingPercentilesEnabled: boolean
    enableSnapshots: boolean
    rotateBucketController: object
    timeout: false
    /** Read whenever the circuit opens. */
    resetTimeout: number
  }

  class CircuitBreaker {
    constructor(action: (verdict: 'failure') => Promise<void>, options: Options)
    /** What is counted, in the bucket of the time being. */
    readonly status: { increment(property: 'fires'): void }
    fire(verdict: 'failure'): Promise<void>
    open(): void
    shutdown(): void
    on(event: 'open' | 'halfOpen', listener: () => void): this
  }

  export default CircuitBreaker
}
