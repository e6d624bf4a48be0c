import { type Circuits, type CircuitsOptions, circuits } from '@steadfetch/circuit-breaker'
import { type Limiter, limiter } from '@steadfetch/concurrency'
import { compose, type Fetch } from '@steadfetch/core'
import type { EndEvent } from '@steadfetch/hooks'
import type { ConnectionLayer } from '@steadfetch/pool'
import type { TimeoutOptions } from '@steadfetch/timeout'
import { type ForeignLayer, foreignLayers } from './foreign-layers.ts'
import { Gauge } from './gauge.ts'
import { type Layer, layers, type Parts } from './layers.ts'
import type { Order } from './order.ts'
import { platformFetch } from './platform-fetch.ts'

const hour = 3_600_000

export interface StackOptions {
  /** Of `timeout`. Timers of an hour do not fire: where one is left, it is seen. @default an hour for everything */
  readonly limits?: TimeoutOptions
  /** Of `retry`. @default 2 */
  readonly attempts?: number
  /** Of `concurrency`. @default 2 */
  readonly limit?: number
  readonly circuits?: CircuitsOptions
  /** A user's layer, and how many of ours are outside of it. */
  readonly foreign?: { readonly layer: ForeignLayer; readonly at: number }
}

/** Layers in some order over the platform's fetch, with all that can be seen of them. */
export class Stack implements Parts {
  readonly name: string
  readonly order: Order
  readonly limits: TimeoutOptions
  readonly attempts: number
  readonly limiter: Limiter
  readonly circuits: Circuits
  readonly connections: ConnectionLayer[] = []
  readonly ends: EndEvent[] = []
  readonly lines: object[] = []
  readonly admitted = new Gauge()
  readonly hooked = new Gauge()
  readonly logged = new Gauge()
  /** What has left the stack. */
  readonly sent = new Gauge()
  readonly fetch: Fetch

  constructor(order: Order, options: StackOptions = {}) {
    const { limits = {}, attempts = 2, limit = 2, foreign } = options
    this.order = order
    this.limits = { after: hour, headers: hour, idle: hour, ...limits }
    this.attempts = attempts
    this.limiter = limiter({ limit, queueTimeout: hour })
    this.circuits = circuits({ openTime: hour, maxOpenTime: hour, ...options.circuits })
    const made: Layer[] = order.map((name) => layers[name](this))
    const names: string[] = [...order]
    if (foreign) {
      made.splice(foreign.at, 0, foreignLayers[foreign.layer])
      names.splice(foreign.at, 0, `(${foreign.layer})`)
    }
    this.name = names.join(' > ')
    this.fetch = compose(...made, this.sent.layer)(platformFetch)
  }
}
