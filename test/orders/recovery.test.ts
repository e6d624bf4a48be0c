import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { pattern } from '@steadfetch/test-support/pattern'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { foreignLayerNames } from './foreign-layers.ts'
import { inBatches } from './in-batches.ts'
import { shortOrdersInTurn } from './order.ts'
import { RecoveryCheck, type TransientFailure, transientFailures } from './recovery-check.ts'
import { Residue } from './residue.ts'

let server: FaultServer
let residue: Residue
let check: RecoveryCheck

beforeEach(async () => {
  residue = new Residue()
  server = await startFaultServer()
  check = new RecoveryCheck(server, residue, pattern(RecoveryCheck.size))
})

afterEach(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

const failures = Object.keys(transientFailures).map((name) => name as TransientFailure)

describe('every pair of layers, and every triple in turn, gives the right bytes', () => {
  it.each(failures)('after %s', async (failure) => {
    const stacks = shortOrdersInTurn(failures.indexOf(failure)).map((order) => ({ order }))
    expect(await inBatches(stacks, 50, (batch) => check.findings(failure, batch))).toEqual([])
  })
})

describe("every pair, and every triple in turn, with a user's layer between any two gives the right bytes", () => {
  it.each(foreignLayerNames)('when that layer %s', async (layer) => {
    const stacks = shortOrdersInTurn(foreignLayerNames.indexOf(layer)).flatMap((order) =>
      order.slice(1).map((_, at) => ({ order, foreign: { layer, at: at + 1 } })),
    )
    for (const [turn, failure] of failures.slice(0, 4).entries()) {
      const share = stacks.filter((_, index) => index % 4 === turn)
      expect(await inBatches(share, 50, (batch) => check.findings(failure, batch))).toEqual([])
    }
  })
})
