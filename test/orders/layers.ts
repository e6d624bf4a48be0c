import { auth, bearer } from '@steadfetch/auth'
import { type Circuits, circuitBreaker } from '@steadfetch/circuit-breaker'
import { concurrency, type Limiter } from '@steadfetch/concurrency'
import { cookies } from '@steadfetch/cookies'
import { compose, type Fetch } from '@steadfetch/core'
import { defaults } from '@steadfetch/defaults'
import { type EndEvent, hooks } from '@steadfetch/hooks'
import { httpErrors } from '@steadfetch/http-errors'
import { log } from '@steadfetch/log'
import { type ConnectionLayer, pool } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'
import { redirects } from '@steadfetch/redirects'
import { retry } from '@steadfetch/retry'
import { type TimeoutOptions, timeout } from '@steadfetch/timeout'
import type { Gauge } from './gauge.ts'

/** Any middleware, of ours or of a user's. */
export type Layer = (fetch: Fetch) => Fetch

/** What the layers of one stack are made with, and what they tell. */
export interface Parts {
  readonly limits: TimeoutOptions
  readonly attempts: number
  readonly limiter: Limiter
  readonly circuits: Circuits
  /** The exchanges that the limiter has let in. */
  readonly admitted: Gauge
  /** The exchanges that came to hooks, and those that came to log. */
  readonly hooked: Gauge
  readonly logged: Gauge
  /** What has connections of its own. */
  readonly connections: ConnectionLayer[]
  /** What hooks told of the ends of exchanges. */
  readonly ends: EndEvent[]
  /** What log wrote. */
  readonly lines: object[]
}

/** Every layer whose order is free. A further one is one entry here, and all that is tested is tested with it. */
export const layers = {
  timeout: ({ limits }) => timeout(limits),
  retry: ({ attempts }) => retry({ attempts, backoff: () => 1 }),
  circuitBreaker: ({ circuits }) => circuitBreaker({ circuits }),
  // What it has let in is counted where it lets it in.
  concurrency: ({ limiter, admitted }) => compose(concurrency({ limiter }), admitted.layer),
  hooks: ({ ends, hooked }) =>
    compose(
      hooked.layer,
      hooks({
        onRequest: () => Promise.resolve(),
        onResponse: () => Promise.resolve(),
        onError: () => Promise.resolve(),
        onEnd: (end) => void ends.push(end),
        bytes: true,
      }),
    ),
  pool: ({ connections }) => kept(connections, pool()),
  // Past the proxy, or the faults would be its own.
  proxy: ({ connections }) => kept(connections, proxy({ http: 'http://proxy.test', no: '*' })),
  redirects: () => redirects(),
  cookies: () => cookies(),
  auth: () => auth(bearer({ token: () => Promise.resolve('token'), origins: () => true })),
  defaults: () => defaults({ headers: { 'x-default': 'yes' } }),
  // None that the server gives, or what a retry outside of it sees would be another thing.
  httpErrors: () => httpErrors({ statuses: [599], readAhead: true }),
  log: ({ lines, logged }) => {
    const write = (entry: object): void => void lines.push(entry)
    return compose(logged.layer, log({ logger: { info: write, warn: write, error: write }, headers: true }))
  },
} satisfies Record<string, (parts: Parts) => Layer>

function kept(connections: ConnectionLayer[], layer: ConnectionLayer): ConnectionLayer {
  connections.push(layer)
  return layer
}

export type LayerName = keyof typeof layers

export const layerNames = Object.keys(layers).map((name) => name as LayerName)
