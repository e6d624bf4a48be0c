import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foreignLayerNames } from './foreign-layers.ts'
import { inBatches } from './in-batches.ts'
import { ordersOf, shortOrders } from './order.ts'
import { Residue } from './residue.ts'
import { SendingCheck } from './sending-check.ts'
import { sendings } from './sendings.ts'

let server: FaultServer
let residue: Residue
let check: SendingCheck

beforeEach(async () => {
  residue = new Residue()
  server = await startFaultServer()
  check = new SendingCheck(server, residue)
})

afterEach(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

const withRetry = shortOrders.filter((order) => order.includes('retry')).map((order) => ({ order }))

describe('every pair and every triple with a retry sends whole, and not twice what must not be', () => {
  it.each(sendings)('$name', async (sending) => {
    for (const as of ['503', 'reset']) {
      expect(await inBatches(withRetry, 50, (batch) => check.findings(sending, as, batch))).toEqual([])
    }
  })
})

describe("every pair with a retry and a user's layer in between does so too", () => {
  const pairs = ordersOf(2).filter((order) => order.includes('retry'))

  it.each(foreignLayerNames)('when that layer %s', async (layer) => {
    const stacks = pairs.map((order) => ({ order, foreign: { layer, at: 1 } }))
    for (const sending of sendings) {
      for (const as of ['503', 'reset']) expect(await check.findings(sending, as, stacks)).toEqual([])
    }
  })
})
