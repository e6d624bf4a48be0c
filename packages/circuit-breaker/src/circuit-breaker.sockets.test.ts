import { compose, errorKind } from '@steadfetch/core'
import { attemptsOf, retry } from '@steadfetch/retry'
import { startFaultServer } from '@steadfetch/test-support/fault-server'
import { expect, it } from 'vitest'
import { circuitBreaker, circuits } from './circuit-breaker.ts'

const openTime = 100

it('opens when the upstream is killed, then makes no connection, and closes when it is back', async () => {
  const first = await startFaultServer()
  const port = Number(new URL(first.origin).port)
  const table = circuits({ openTime })
  const fetching = circuitBreaker({ circuits: table })(fetch)
  const url = first.url('/json')
  await (await fetching(url)).json()
  await first.close()

  const kinds = await Promise.all(Array.from({ length: 5 }, () => fetching(url).catch(errorKind)))
  expect(kinds).toEqual(Array(5).fill('refused'))
  expect(table.stateOf(url)).toBe('open')

  await using second = await startFaultServer({ port })
  const rejected = await Promise.all(Array.from({ length: 50 }, () => fetching(url).catch(errorKind)))
  expect(rejected).toEqual(Array(50).fill('circuit-open'))
  expect(second.socketsSeen).toBe(0)

  await expect.poll(() => table.stateOf(url)).toBe('half-open')
  expect((await fetching(url)).status).toBe(200)
  expect(table.stateOf(url)).toBe('closed')
})

it('sends one request for a hundred concurrent callers when it is half-open', async () => {
  await using server = await startFaultServer()
  const table = circuits({ openTime })
  const fetching = circuitBreaker({ circuits: table })(fetch)
  const url = server.url('/flaky', { key: 'half-open', fail: 5, as: '503', next: '/slow?headers=50' })
  for (let call = 0; call < 5; call += 1) await (await fetching(url)).text()
  await expect.poll(() => table.stateOf(url)).toBe('half-open')

  const results = await Promise.all(
    Array.from({ length: 100 }, () => fetching(url).then(({ status }) => status, errorKind)),
  )
  expect(results.filter((result) => result === 200)).toHaveLength(1)
  expect(results.filter((result) => result === 'circuit-open')).toHaveLength(99)
  expect(server.hits('half-open')).toBe(6)
})

it('is not hammered by a retry above it, which may be asked to come back in time', async () => {
  await using server = await startFaultServer()
  const url = server.url('/flaky', { key: 'retried', fail: 5, as: '503' })
  const table = circuits({ openTime: 1000 })
  const breaking = circuitBreaker({ circuits: table })
  const impatient = compose(retry({ attempts: 20, backoff: { base: 1 } }), breaking)(fetch)
  await expect(impatient(url)).rejects.toMatchObject({ name: 'CircuitOpenError' })
  expect(server.hits('retried')).toBe(5)

  const patient = compose(retry({ attempts: 2, errors: ['circuit-open'], backoff: { base: 1 } }), breaking)(fetch)
  const response = await patient(url)
  expect(response.status).toBe(200)
  expect(attemptsOf(response)?.attempts).toMatchObject([{ error: { name: 'CircuitOpenError' } }, { status: 200 }])
  expect(server.hits('retried')).toBe(6)
})

it('counts a body that is cut off, and not one that its caller cancels', async () => {
  await using server = await startFaultServer()
  const table = circuits({ failuresInARow: 1 })
  const fetching = circuitBreaker({ circuits: table })(fetch)
  const cancelled = await fetching(server.url('/stall', { after: 5 }))
  await cancelled.body?.cancel()
  const controller = new AbortController()
  const aborted = await fetching(server.url('/stall', { after: 5 }), { signal: controller.signal })
  const reading = aborted.text()
  controller.abort(new Error('mine'))
  await expect(reading).rejects.toThrow('mine')
  await new Promise(setImmediate)
  expect(table.stateOf(server.origin)).toBe('closed')

  const cut = await fetching(server.url('/truncate', { as: 'length' }))
  await expect(cut.text()).rejects.toThrow('terminated')
  await expect.poll(() => table.stateOf(server.origin)).toBe('open')
})
