import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { shortOrders } from './order.ts'
import { outcomeOf } from './outcome.ts'
import { Residue } from './residue.ts'
import { Stack } from './stack.ts'

const limit = 3
const calls = 12

let server: FaultServer
let residue: Residue

beforeAll(async () => {
  residue = new Residue()
  server = await startFaultServer()
})

beforeEach(() => {
  server.reset()
})

afterAll(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

const orders = shortOrders
  .filter((order) => order.includes('concurrency'))
  .map((order) => ({ order, name: order.join(' > ') }))

/** Their circuits stay closed, whatever comes. */
const options = { limit, circuits: { failuresInARow: 100, minimumCalls: 100 } }

/** More calls than there are slots, at once: they answer late, fail at first, or take their time over the body. */
async function load(stack: Stack, consume: (call: number, caller: AbortController) => Promise<unknown>): Promise<void> {
  const callers = Array.from({ length: calls }, () => new AbortController())
  await residue.by(stack, () => Promise.all(callers.map((caller, call) => consume(call, caller))))
  const used = { stack, signals: callers.map(({ signal }) => signal) }
  expect(await residue.left(server, [used]), stack.name).toEqual([])
}

function pathOf(call: number): string {
  const flaky = { key: `limit-${call}`, next: '/slow?headers=4' }
  if (call % 4 === 0) return server.url('/slow', { headers: 5, next: '/bytes' })
  if (call % 4 === 1) return server.url('/flaky', { ...flaky, as: '503' })
  return call % 4 === 2 ? server.url('/flaky', { ...flaky, as: 'reset' }) : server.url('/trickle?chunks=3&every=3')
}

describe('in every pair and every triple with a limiter', () => {
  it.each(orders)('the server sees no more than the limit: $name', async ({ order }) => {
    const stack = new Stack(order, options)
    await load(stack, (call, { signal }) => outcomeOf(stack.fetch(pathOf(call), { signal })))
    expect(server.peakExchanges).toBeLessThanOrEqual(limit)
    expect(stack.admitted.peak).toBe(limit)
  })

  it.each(orders)('no more are let in when they are cut short: $name', async ({ order }) => {
    const stack = new Stack(order, options)
    await load(stack, async (call, caller) => {
      try {
        const response = await stack.fetch(server.url(call % 4 === 0 ? '/stall' : '/endless?every=1&status=200'), {
          signal: caller.signal,
        })
        if (call % 2 === 0) caller.abort('enough')
        else await response.body?.cancel()
      } catch (reason) {
        expect(reason).toBe('enough')
      }
    })
    expect(stack.admitted.calls).toBe(calls)
    expect(stack.admitted.peak).toBe(limit)
  })
})
