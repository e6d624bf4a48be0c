/// <reference lib="esnext.disposable" />
import {
  assertDuration,
  assertFunction,
  assertOptions,
  assertResponse,
  type FetchInit,
  type Middleware,
  onBodyEnd,
  withInit,
} from '@steadfetch/core'
import { AnyFetch, type Dispatches, Refusal } from './any-fetch.ts'
import type { Connections, OriginStats } from './connections.ts'

/** How {@link ConnectionLayer.close} ends what is under way. */
export interface CloseOptions {
  /** How long an exchange may still take, its body included, in milliseconds. @default 5000 */
  grace?: number
}

/** A middleware that has connections: every fetch that it is given shares them. */
export interface ConnectionLayer extends Middleware, AsyncDisposable {
  /** What the connections are doing, by origin. */
  stats(): Record<string, OriginStats>
  /** Refuses further calls, lets those under way finish for a while, and resolves when no connection is left. */
  close(options?: CloseOptions): Promise<void>
}

export interface ConnectionLayerOptions {
  /** The name of the layer. */
  name: string
  connections: Connections
  dispatcher: Dispatches
  http2: boolean
  /** Whether it goes before a dispatcher that a layer further out, or the caller, has chosen. */
  overrides: boolean
  /** What to throw in place of what fetch has thrown. */
  errorFor?(error: unknown): unknown
}

/** A layer whose calls go through a dispatcher. */
export function connectionLayer(options: ConnectionLayerOptions): ConnectionLayer {
  const { name, connections, overrides, errorFor = (error) => error } = options
  const dispatcher = new AnyFetch(name, options.dispatcher, options.http2)
  let closed = false

  const layer: Middleware = (fetch) => {
    assertFunction(`${name}: fetch`, fetch)
    const connected: typeof fetch = async (input, init) => {
      if (closed) throw new TypeError(`${name}: it was closed, and makes no further calls`)
      if (!overrides && hasDispatcher(init)) return fetch(input, init)
      const leave = connections.enter()
      try {
        const response = await fetch(input, withInit(init, { dispatcher } as object))
        assertResponse(name, response)
        onBodyEnd(response, leave)
        return response
      } catch (error) {
        leave()
        throw error instanceof TypeError && error.cause instanceof Refusal ? error.cause : errorFor(error)
      }
    }
    // As the functions of all layers are named, in a stack trace for one.
    return Object.defineProperty(connected, 'name', { value: name })
  }

  const close = (options: CloseOptions = {}): Promise<void> => {
    assertOptions(`${name}: close`, options, ['grace'])
    const { grace = 5000 } = options
    if (grace !== 0) assertDuration(`${name}: close: grace`, grace)
    closed = true
    return connections.close(grace)
  }
  return Object.assign(layer, { stats: () => connections.stats(), close, [Symbol.asyncDispose]: () => close() })
}

function hasDispatcher(init: FetchInit | undefined): boolean {
  return init !== undefined && init !== null && 'dispatcher' in init && init.dispatcher !== undefined
}
