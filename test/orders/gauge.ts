import { type Fetch, onBodyEnd } from '@steadfetch/core'

/** Counts the exchanges that pass a place in a stack, each until its body is over. */
export class Gauge {
  calls = 0
  open = 0
  /** The most that were open at a time. */
  peak = 0

  readonly layer =
    (fetch: Fetch): Fetch =>
    async (input, init) => {
      this.calls += 1
      this.open += 1
      this.peak = Math.max(this.peak, this.open)
      const over = (): void => {
        this.open -= 1
      }
      try {
        const response = await fetch(input, init)
        onBodyEnd(response, over)
        return response
      } catch (error) {
        over()
        throw error
      }
    }
}
