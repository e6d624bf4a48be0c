import type { RequestListener } from 'node:http'

/** A service that can do so much at a time, and lets the rest wait in line. */
export interface LimitedService {
  readonly listener: RequestListener
  /** While frozen it takes requests in and begins none of them. */
  freeze(frozen: boolean): void
}

/**
 * `workers` requests at a time take `workTime` milliseconds each; the others queue, first come, first served. Like many
 * a real one it does not notice that a client has given up, and does the work all the same: that is what makes retries
 * dangerous.
 */
export function limitedService(workers: number, workTime: number): LimitedService {
  const queue: (() => void)[] = []
  let busy = 0
  let frozen = false
  const begin = (): void => {
    while (!frozen && busy < workers && queue.length > 0) {
      const answer = queue.shift()
      busy += 1
      setTimeout(() => {
        answer?.()
        busy -= 1
        begin()
      }, workTime)
    }
  }
  return {
    listener: (_, response) => {
      queue.push(() => response.end('done\n'))
      begin()
    },
    freeze: (value) => {
      frozen = value
      begin()
    },
  }
}
