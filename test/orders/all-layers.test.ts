import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { pattern } from '@steadfetch/test-support/pattern'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AbortCheck } from './abort-check.ts'
import { FaultCheck } from './fault-check.ts'
import { type Fault, faults } from './faults.ts'
import { endsWhatIsThrownAway, foreignLayerNames } from './foreign-layers.ts'
import { inBatches } from './in-batches.ts'
import { layerNames } from './layers.ts'
import { longWays, momentAfter, moments } from './moments.ts'
import { RecoveryCheck, type TransientFailure, transientFailures } from './recovery-check.ts'
import { Residue } from './residue.ts'
import { SendingCheck } from './sending-check.ts'
import { sendings } from './sendings.ts'

/**
 * Every order of all layers is too many: some are drawn at random, each time others. What fails is printed with its
 * seed; `ORDERS_SEED=… vitest run --project whole test/orders` draws the same ones again.
 */
const seed = Number(process.env.ORDERS_SEED ?? Date.now() % 2 ** 31)

/** Stacks in one draw, which are tested at the same time. */
const drawn = 16

let server: FaultServer
let residue: Residue

beforeEach(async () => {
  residue = new Residue()
  server = await startFaultServer()
})

afterEach(async () => {
  await server.close()
  residue[Symbol.dispose]()
})

const order = fc.shuffledSubarray([...layerNames], { minLength: layerNames.length })
const foreign = fc.record({
  layer: fc.constantFrom(...foreignLayerNames),
  at: fc.integer({ min: 0, max: layerNames.length }),
})
const stacks = fc.array(fc.oneof(fc.record({ order }), fc.record({ order, foreign })), {
  minLength: drawn,
  maxLength: drawn,
})

type Stacks = typeof stacks extends fc.Arbitrary<infer Value> ? Value : never

/** Without shrinking: what fails is named, and stands alone. */
function property(draws: number, findings: (stacks: Stacks) => Promise<string[]>): Promise<void> {
  const holds = fc.asyncProperty(stacks, async (some) => {
    expect(await findings(some)).toEqual([])
  })
  return fc.assert(holds, { seed, numRuns: draws, endOnFailure: true })
}

describe(`orders of all layers, some with a user's layer among them, drawn with the seed ${seed}`, {
  timeout: 60_000,
}, () => {
  it('come to the right bytes after a failure that passes', async () => {
    const check = new RecoveryCheck(server, residue, pattern(RecoveryCheck.size))
    const failures = Object.keys(transientFailures).map((name) => name as TransientFailure)
    await property(4, (some) =>
      inBatches(failures, 1, ([failure = 'a 503']) =>
        check.findings(failure, transientFailures[failure].ends ? some : some.filter(endsWhatIsThrownAway)),
      ),
    )
  })

  it('come to an end under every fault', async () => {
    const check = new FaultCheck(server, residue)
    const all = async (some: Stacks, batch: readonly Fault[]): Promise<string[]> =>
      (
        await Promise.all(
          batch.map((fault) => check.findings(fault, fault.limits ? some.filter(endsWhatIsThrownAway) : some)),
        )
      ).flat()
    await property(3, (some) => inBatches(faults, 4, (batch) => all(some, batch)))
  })

  it('send whole, and not twice what must not be', async () => {
    const check = new SendingCheck(server, residue)
    await property(3, (some) =>
      inBatches(sendings, 1, async (batch) => {
        const found = await Promise.all(batch.map((sending) => check.findings(sending, '503', some)))
        return found.flat()
      }),
    )
  })

  it("fail with their caller's very reason", async () => {
    const check = new AbortCheck(server, residue)
    await property(3, (some) =>
      inBatches(moments, 1, async (batch) => {
        const found = await Promise.all(batch.map((moment) => check.findings(moment, some)))
        return found.flat()
      }),
    )
  })

  it("fail with their caller's very reason at any moment", async () => {
    const check = new AbortCheck(server, residue)
    const moment = fc.tuple(fc.constantFrom(...longWays), fc.integer({ min: 0, max: 40 }))
    const holds = fc.asyncProperty(stacks, moment, async (some, [path, milliseconds]) => {
      expect(await check.findings(momentAfter(path, milliseconds), some)).toEqual([])
    })
    await fc.assert(holds, { seed, numRuns: 20, endOnFailure: true })
  })
})
