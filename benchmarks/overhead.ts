import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Fetch, FetchInit } from '../packages/core/src/core.ts'
import { instantSlice, networkSlice } from './calls.ts'
import { machine, today } from './machine.ts'
import { type Comparison, compare, type Plan } from './paired.ts'
import {
  allLayers,
  everyLayer,
  hardened,
  partsByHand,
  retryAlone,
  signalByHand,
  timeoutAfter,
  timeoutByHand,
  timeoutRetryTimeout,
} from './stacks.ts'
import type { Spread } from './statistics.ts'
import { printTable } from './table.ts'

const instant: Plan = { pairs: 40, milliseconds: 4 }
const network: Plan = { pairs: 150, milliseconds: 12 }
const distant: Plan = { pairs: 30, milliseconds: 250 }

// Bare fetch fills a long-lived signal with its listeners, and on Node 22 warns of each.
process.removeAllListeners('warning')

console.log(`${today()}, Node ${process.version}, ${machine()}`)
await overInstantFetch()
await overNetwork()
await overDistance()

async function overInstantFetch(): Promise<void> {
  const empty = new Response(null, { status: 204 })
  const inners: Fetch[] = [async () => empty, async () => new Response('{"ready":true}')]
  const rows: string[][] = []
  for (const { name, wrap } of everyLayer) {
    const row = [name]
    for (const fetch of inners) {
      for (const init of [{}, { signal: longLived() }]) {
        const { added } = await compare(instantSlice(fetch, init), instantSlice(wrap(fetch), init), instant)
        row.push(inNanoseconds(added))
      }
    }
    rows.push(row)
  }
  const header = ['', 'empty', 'empty, signal', 'body', 'body, signal']
  printTable(
    'Added to a call of an instant fetch, in ns of CPU: median of the pairs ± half the quartiles apart',
    header,
    rows,
  )
}

async function overNetwork(): Promise<void> {
  await using server = await startServer()
  const { url } = server
  for (const concurrency of [1, 50]) {
    const measure = async (wrap: (fetch: Fetch) => Fetch, init: FetchInit): Promise<string[]> => {
      const bare = networkSlice(bareFetch, url, init, concurrency)
      return inMicroseconds(await compare(bare, networkSlice(wrap(bareFetch), url, init, concurrency), network))
    }
    const rows: string[][] = []
    for (const { name, wrap } of [
      timeoutAfter,
      retryAlone,
      timeoutRetryTimeout,
      hardened,
      allLayers,
      signalByHand,
      partsByHand,
      timeoutByHand,
    ]) {
      rows.push([name, '', ...(await measure(wrap, {}))])
    }
    for (const { name, wrap } of [timeoutRetryTimeout, hardened, timeoutByHand]) {
      rows.push([name, 'yes', ...(await measure(wrap, { signal: longLived() }))])
    }
    const header = ['', 'signal', 'bare', 'added', '(IQR)', 'undisturbed', 'ratio', '(IQR)', 'calls/s', '(IQR)']
    printTable(`Added to a loopback fetch, ${concurrency} at a time, in µs of CPU of the client`, header, rows)
  }
}

/**
 * Where the client has to wait for the server, as most do, what is left of the costs is a little of its CPU. In slices
 * that are long enough to have their share of the garbage collector's pauses.
 */
async function overDistance(): Promise<void> {
  await using server = await startServer()
  const rows: string[][] = []
  for (const latency of [0, 1, 5, 20]) {
    const stacks = latency === 0 ? [signalByHand, partsByHand, hardened, allLayers] : [hardened, allLayers]
    for (const { name, wrap } of stacks) {
      const url = `${server.url}${latency}`
      const { throughput } = await compare(
        networkSlice(bareFetch, url, {}, 50),
        networkSlice(wrap(bareFetch), url, {}, 50),
        distant,
      )
      rows.push([latency === 0 ? 'no time' : `${latency} ms`, name, ...inTimes(throughput)])
    }
  }
  const header = ['answers after', '', 'calls/s', '(IQR)']
  printTable('Calls a second, 50 at a time, by how many times those of bare fetch', header, rows)
}

function bareFetch(...call: Parameters<Fetch>): Promise<Response> {
  return fetch(...call)
}

/** The server in a process of its own, which goes with the block that it is used in. */
async function startServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = fork(new URL('./server.ts', import.meta.url))
  const [address]: { port: number }[] = await once(server, 'message')
  return {
    url: `http://127.0.0.1:${address?.port}/`,
    [Symbol.asyncDispose]: async () => server.disconnect(),
  }
}

/** A signal that outlives all of the calls, as that of a server's shutdown does. */
function longLived(): AbortSignal {
  return new AbortController().signal
}

function inNanoseconds({ lower, median, upper }: Spread): string {
  const [middle, spread] = [median, (upper - lower) / 2].map((microseconds) => Math.round(microseconds * 100) * 10)
  return `${middle} ±${spread}`
}

function inMicroseconds({ first, added, undisturbed, ratio, throughput }: Comparison): string[] {
  return [
    first.toFixed(1),
    added.median.toFixed(1),
    `(${added.lower.toFixed(0)}…${added.upper.toFixed(0)})`,
    undisturbed.toFixed(1),
    ...inTimes(ratio),
    ...inTimes(throughput),
  ]
}

function inTimes({ lower, median, upper }: Spread): string[] {
  return [median.toFixed(2), `(${lower.toFixed(2)}…${upper.toFixed(2)})`]
}
