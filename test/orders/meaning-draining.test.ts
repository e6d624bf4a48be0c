import { concurrency, limiter } from '@steadfetch/concurrency'
import { compose } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterEach, beforeEach, expect, it } from 'vitest'

/** What a limiter on either side of a retry means for a failure that takes its time over its body. */

let server: FaultServer

beforeEach(async () => {
  server = await startFaultServer()
})

afterEach(async () => {
  await server.close()
})

const endlessFailure = { key: 'one', as: '/endless' }
const again = retry({ backoff: () => 1 })

it('inside of a retry, a slot is held until a failed attempt has let go of its connection', async () => {
  const slots = limiter({ limit: 1 })
  const response = await compose(again, concurrency({ limiter: slots }))(fetch)(server.url('/flaky', endlessFailure))
  expect(server.hits('one')).toBe(2)
  await response.text()
  expect(server.peakExchanges).toBe(1)
})

it('outside of a retry, the next attempt does not wait for that: operations are limited, not their connections', async () => {
  const slots = limiter({ limit: 1 })
  const response = await compose(concurrency({ limiter: slots }), again)(fetch)(server.url('/flaky', endlessFailure))
  expect(server.hits('one')).toBe(2)
  await response.text()
  expect(server.peakExchanges).toBe(2)
})
