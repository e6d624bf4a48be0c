import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AbortCheck } from './abort-check.ts'
import { foreignLayerNames } from './foreign-layers.ts'
import { inBatches } from './in-batches.ts'
import { moments } from './moments.ts'
import { ordersOf, shortOrders } from './order.ts'
import { Residue } from './residue.ts'

let server: FaultServer
let residue: Residue
let check: AbortCheck

beforeEach(async () => {
  residue = new Residue()
  server = await startFaultServer()
  check = new AbortCheck(server, residue)
})

afterEach(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

describe("a call fails with its caller's very reason, sends no more and leaves nothing behind", () => {
  it.each(moments)('in every pair and every triple, $name', async (moment) => {
    const stacks = shortOrders.filter((order) => moment.in?.(order) ?? true).map((order) => ({ order }))
    expect(await inBatches(stacks, 50, (batch) => check.findings(moment, batch))).toEqual([])
  })

  it.each(moments)("in every pair with a user's layer in between, $name", async (moment) => {
    const pairs = ordersOf(2).filter((order) => moment.in?.(order) ?? true)
    const stacks = foreignLayerNames.flatMap((layer) => pairs.map((order) => ({ order, foreign: { layer, at: 1 } })))
    expect(await inBatches(stacks, 50, (batch) => check.findings(moment, batch))).toEqual([])
  })
})
