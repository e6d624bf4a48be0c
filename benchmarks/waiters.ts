import { concurrency } from '../packages/concurrency/src/concurrency.ts'
import type { Fetch, FetchInit } from '../packages/core/src/core.ts'
import { instantSlice } from './calls.ts'
import { machine, today } from './machine.ts'
import { compare } from './paired.ts'
import { quantile } from './statistics.ts'
import { printTable } from './table.ts'

/** What a concurrency limit costs: the memory of calls that wait, and the time of calls that need not. */

const waiters = 100_000
const rounds = 5
const { gc } = globalThis
if (gc === undefined) throw new Error('run it as node --expose-gc benchmarks/waiters.ts')

console.log(`${today()}, Node ${process.version}, ${machine()}`)
await memory()
await uncontended()

async function memory(): Promise<void> {
  const ways: [string, FetchInit, (fetch: Fetch) => Fetch][] = [
    ['calls that wait', {}, concurrency({ limit: 1 })],
    ['with one signal for all', { signal: new AbortController().signal }, concurrency({ limit: 1 })],
    ['without a queueTimeout', {}, concurrency({ limit: 1, queueTimeout: Infinity })],
    ['for comparison: calls of a bare fetch that hangs', {}, (fetch) => async (input, init) => fetch(input, init)],
  ]
  const rows: string[][] = []
  for (const [name, init, layer] of ways) {
    const sizes: number[] = []
    const times: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const { bytes, microseconds } = await oneRound(layer, init)
      sizes.push(bytes)
      times.push(microseconds)
    }
    rows.push([name, quantile(sizes, 0.5).toFixed(0), quantile(times, 0.5).toFixed(2)])
  }
  printTable(
    `${waiters.toLocaleString('en')} calls wait for one slot, the caller's own promise included`,
    ['', 'bytes a call', 'CPU µs a call, queued and served'],
    rows,
  )
}

/** Queues the calls, weighs them, and lets them all be made. */
async function oneRound(
  layer: (fetch: Fetch) => Fetch,
  init: FetchInit,
): Promise<{ bytes: number; microseconds: number }> {
  const { promise: open, resolve } = Promise.withResolvers<void>()
  const response = new Response(null, { status: 204 })
  const fetch = layer(async () => {
    await open
    return response
  })
  const calls = new Array<Promise<Response>>(waiters)
  const before = await heap()
  const start = process.cpuUsage()
  for (let call = 0; call < waiters; call += 1) calls[call] = fetch('http://instant.test/', init)
  const queueing = process.cpuUsage(start)
  const after = await heap()
  const resumed = process.cpuUsage()
  resolve()
  await Promise.all(calls)
  const serving = process.cpuUsage(resumed)
  const microseconds = queueing.user + queueing.system + serving.user + serving.system
  return { bytes: (after - before) / waiters, microseconds: microseconds / waiters }
}

async function uncontended(): Promise<void> {
  const empty = new Response(null, { status: 204 })
  const inner: [string, Fetch][] = [
    ['no body', async () => empty],
    ['body read', async () => new Response('{"ready":true}')],
    ['body read, until the headers', async () => new Response('{"ready":true}')],
  ]
  const rows: string[][] = []
  for (const [name, fetch] of inner) {
    const until = name.endsWith('headers') ? 'headers' : 'body'
    const row = [name]
    for (const init of [{}, { signal: new AbortController().signal }]) {
      const { added } = await compare(
        instantSlice((input, init) => fetch(input, init), init),
        instantSlice(concurrency({ limit: 1000, until })(fetch), init),
        { pairs: 20, milliseconds: 12 },
      )
      const nanoseconds = [added.median, added.lower, added.upper].map((each) => String(Math.round(each * 100) * 10))
      row.push(`${nanoseconds[0]} (${nanoseconds[1]}–${nanoseconds[2]})`)
    }
    rows.push(row)
  }
  printTable(
    'A call that need not wait: CPU ns added, median of the pairs (its quartiles)',
    ['', 'without a signal', 'with one'],
    rows,
  )
}

async function heap(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise(setImmediate)
    gc?.()
  }
  return process.memoryUsage().heapUsed
}
