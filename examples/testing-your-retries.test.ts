// How to test a policy of yours: the replies are scripted, and the time between them passes at once.
//
//   npx vitest run examples/testing-your-retries.test.ts

import { always, networkError, replies } from 'steadfetch/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOrders } from './testing-your-retries.ts'

beforeEach(() => {
  vi.useFakeTimers()
  // Whatever waits, for a retry or for a timeout, need not be waited for.
  vi.setTimerTickMode('nextTimerAsync')
})
afterEach(() => void vi.useRealTimers())

const order = { id: 7, total: 42 }

it('reads an order although the service is away for a moment', async () => {
  const fetch = replies(503, networkError('ECONNRESET'), { json: order })
  expect(await createOrders(fetch).get(7)).toEqual(order)
  expect(fetch.calls.map(({ url }) => url)).toEqual(Array(3).fill('https://shop.example.com/v1/orders/7'))
})

it('waits as long as the service asks for', async () => {
  const fetch = replies({ status: 429, headers: { 'retry-after': '20' } }, { json: order })
  const started = Date.now()
  await createOrders(fetch).get(7)
  expect(Date.now() - started).toBeGreaterThanOrEqual(20_000)
})

it('places an order again by the same key', async () => {
  const fetch = replies(503, { status: 201, json: order })
  await createOrders(fetch).place(4711)
  const [first, second] = fetch.calls
  expect(await second?.json()).toEqual({ article: 4711 })
  expect(second?.headers.get('idempotency-key')).toMatch(/^[\da-f-]{36}$/)
  expect(second?.headers.get('idempotency-key')).toBe(first?.headers.get('idempotency-key'))
})

it('asks no second time for an order that there is not', async () => {
  const fetch = replies(404)
  await expect(createOrders(fetch).get(8)).rejects.toMatchObject({ name: 'HttpError', status: 404 })
  expect(fetch.calls).toHaveLength(1)
})

it('gives up on a service that hangs', async () => {
  const fetch = replies(always('hang'))
  const started = Date.now()
  await expect(createOrders(fetch).get(7)).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(fetch.calls).toHaveLength(3)
  expect(Date.now() - started).toBeLessThan(10_000)
})
