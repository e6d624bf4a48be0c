import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FaultCheck } from './fault-check.ts'
import { faults } from './faults.ts'
import { endsWhatIsThrownAway, foreignLayerNames } from './foreign-layers.ts'
import { inBatches } from './in-batches.ts'
import { ordersOf, shortOrdersInTurn } from './order.ts'
import { Residue } from './residue.ts'

let server: FaultServer
let residue: Residue
let check: FaultCheck

beforeEach(async () => {
  residue = new Residue()
  server = await startFaultServer()
  check = new FaultCheck(server, residue)
})

afterEach(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

describe('every pair of layers, and every triple in turn, comes to the same end as fetch alone, or to a timeout, and leaves nothing', () => {
  it.each(faults)('under $path', async (fault) => {
    const stacks = shortOrdersInTurn(faults.indexOf(fault)).map((order) => ({ order }))
    expect(await inBatches(stacks, 75, (batch) => check.findings(fault, batch))).toEqual([])
  })
})

describe("every pair with a user's layer in between does so too", () => {
  it.each(faults)('under $path', async (fault) => {
    const stacks = foreignLayerNames
      .flatMap((layer) => ordersOf(2).map((order) => ({ order, foreign: { layer, at: 1 } })))
      .filter((stack) => !fault.limits || endsWhatIsThrownAway(stack))
    expect(await inBatches(stacks, 120, (batch) => check.findings(fault, batch))).toEqual([])
  })
})
