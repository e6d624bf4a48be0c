import { circuitBreaker } from '../../packages/circuit-breaker/src/circuit-breaker.ts'
import { concurrency } from '../../packages/concurrency/src/concurrency.ts'
import { compose, type Fetch } from '../../packages/core/src/core.ts'
import { hooks } from '../../packages/hooks/src/hooks.ts'
import { log } from '../../packages/log/src/log.ts'
import { retry } from '../../packages/retry/src/retry.ts'
import { timeout } from '../../packages/timeout/src/timeout.ts'

/** A layer that can stand above the pool. */
export type LayerName = (typeof layerNames)[number]

export const layerNames = ['timeout', 'retry', 'circuitBreaker', 'concurrency', 'hooks', 'log'] as const

/** In milliseconds. Nothing on a machine in order runs into it. */
const limit = 30_000

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The layers of these names, the outermost first, for so many calls at a time. */
export function stack(names: readonly LayerName[], calls: number): (fetch: Fetch) => Fetch {
  return compose(...names.map((name) => layer(name, calls)))
}

function layer(name: LayerName, calls: number): (fetch: Fetch) => Fetch {
  switch (name) {
    case 'timeout':
      return timeout({ after: limit })
    case 'retry':
      return retry()
    case 'circuitBreaker':
      return circuitBreaker()
    case 'concurrency':
      return concurrency({ limit: calls })
    case 'hooks':
      return hooks({ onEnd: () => {} })
    case 'log':
      return log({ logger: silent })
  }
}
