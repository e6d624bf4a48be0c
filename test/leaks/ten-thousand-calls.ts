import { getEventListeners } from 'node:events'
import { compose } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { startFaultServerProcess } from '@steadfetch/test-support/fault-server-process'
import { timeout } from '@steadfetch/timeout'

const [, , manner] = process.argv
const calls = 10_000

/** Timers that were started and neither fired nor were stopped, of an hour or longer: those of the layers here. */
const timers = new Set<unknown>()
const { setTimeout: start, clearTimeout: stop } = globalThis
Object.assign(globalThis, {
  setTimeout: (callback: () => void, delay: number) => {
    const timer = start(() => {
      timers.delete(timer)
      callback()
    }, delay)
    if (delay >= 3_600_000) timers.add(timer)
    return timer
  },
  clearTimeout: (timer: NodeJS.Timeout) => {
    timers.delete(timer)
    stop(timer)
  },
})

const server = await startFaultServerProcess()
const url = server.url('/json', { size: 64 })
const { signal } = new AbortController()
const hour = 3_600_000
const fetching = compose(timeout({ after: hour }), retry(), timeout({ after: hour, headers: hour }))(fetch)
let mostListeners = 0

async function call(): Promise<void> {
  const calling = fetching(url, { signal })
  mostListeners = Math.max(mostListeners, getEventListeners(signal, 'abort').length)
  await (await calling).json()
}

async function run(count: number): Promise<void> {
  if (manner === 'sequential') for (let index = 0; index < count; index += 1) await call()
  // All of them are begun before any is over; the sockets are as many as this machine and the server can take.
  else await Promise.all(Array.from({ length: count }, call))
}

async function heap(): Promise<number> {
  for (let round = 0; round < 10; round += 1) {
    await new Promise(setImmediate)
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

await run(calls)
const before = await heap()
await run(calls)
const after = await heap()
await new Promise(setImmediate)
const listeners = getEventListeners(signal, 'abort').length
console.log(JSON.stringify({ listeners, mostListeners, timers: timers.size, heapGrowth: after - before, calls }))
await server.close()
