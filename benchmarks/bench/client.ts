import { type ConnectionLayer, pool } from '../../packages/pool/src/pool.ts'
import { type FetchName, loadFetch } from './base-fetch.ts'
import type { Contestant } from './contestants.ts'
import { Latencies, type Percentiles } from './latencies.ts'
import { type LayerName, stack } from './layers.ts'
import { makeSlice, type Slice, type SliceResult } from './slice.ts'

/** The first message: how to make calls. It is answered when they can be made. */
export interface ClientOptions extends Contestant {
  /** What to trust, in PEM; where there is none, what the runtime trusts. */
  readonly ca: string | undefined
  /** How long to keep a connection that nobody uses, in milliseconds; where there is none, as long as pools do. */
  readonly keepAlive: number | undefined
  readonly fetch: FetchName
  readonly layers: readonly LayerName[]
}

/** Every further one: calls to make, answered with a turn; or an end to those under way. */
export type ClientQuestion = (Slice & { readonly url: string; readonly measured: boolean }) | { readonly stop: true }

/** What has come of some calls, and of all measured ones up to now. */
export interface Turn extends SliceResult {
  readonly total: Percentiles | undefined
  /** The most memory that the process was seen to take, in bytes. */
  readonly memory: number
  /** The most connections that it was seen to have open. */
  readonly open: number
}

/** The program behind a row: it makes calls when it is told to, as long as there is a channel to its parent. */

const lookEvery = 50

// That its HTTP/2 is experimental is what the built-in one says to everybody.
process.removeAllListeners('warning')
process.on('disconnect', () => process.exit())
process.once('message', async (options: ClientOptions) => {
  const connections = poolFor(options)
  const fetch = stack(options.layers, options.concurrency)(connections(await loadFetch(options.fetch)))
  const total = new Latencies()
  let stop = new AbortController()
  let memory = 0
  let open = 0
  const look = (): void => {
    memory = Math.max(memory, process.memoryUsage.rss())
    const origins = Object.values(connections.stats())
    open = Math.max(
      open,
      origins.reduce((sum, stats) => sum + stats.open, 0),
    )
  }

  process.on('message', async (question: ClientQuestion) => {
    if ('stop' in question) return stop.abort()
    stop = new AbortController()
    const { url, measured, ...slice } = question
    const timer = measured ? setInterval(look, lookEvery) : undefined
    const latencies = measured ? total : new Latencies()
    const result = await makeSlice(fetch, url, options.concurrency, slice, stop.signal, latencies)
    clearInterval(timer)
    if (measured) look()
    answer({ ...result, total: total.percentiles(), memory, open })
  })
  answer({})
})

function poolFor({ mode, connections, ca, keepAlive }: ClientOptions): ConnectionLayer {
  const trust = ca === undefined ? {} : { tls: { ca } }
  if (mode === 'unpooled') return pool({ ...trust, unpooled: true })
  const kept = keepAlive === undefined ? {} : { keepAlive }
  return pool({ ...trust, ...kept, connections: connections ?? Infinity, http2: mode === 'http2' })
}

function answer(message: Turn | object): void {
  // The parent may have gone meanwhile: then `disconnect` is on its way.
  process.send?.(message, undefined, undefined, () => {})
}
