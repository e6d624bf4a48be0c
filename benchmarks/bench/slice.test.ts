import { expect, test } from 'vitest'
import { Latencies } from './latencies.ts'
import { makeSlice } from './slice.ts'

const url = 'http://scripted.test/'
const never = new AbortController().signal

test('counts what came to a 2xx, and what each other call failed with', async () => {
  const outcomes = [200, 503, 204, 'reset', 503, 302].values()
  const slice = await makeSlice(
    async (_, init) => {
      expect(init).toEqual({ redirect: 'manual' })
      const { value } = outcomes.next()
      if (typeof value === 'number') return new Response(null, { status: value })
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('gone'), { code: 'ECONNRESET' }) })
    },
    url,
    2,
    { calls: 6 },
    never,
    new Latencies(),
  )
  expect(slice).toMatchObject({ calls: 6, missed: 0, ok: 2 })
  expect(slice.failures).toEqual({ 'HTTP 503': 2, reset: 1, 'HTTP 302': 1 })
  expect(slice.latency?.p50).toBeGreaterThan(0)
})

test('a body that fails is a call that fails', async () => {
  const fetch = async () =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new DOMException('', 'TimeoutError')) }))
  const { ok, failures } = await makeSlice(fetch, url, 1, { calls: 1 }, never, new Latencies())
  expect({ ok, failures }).toEqual({ ok: 0, failures: { timeout: 1 } })
})

test('a stop ends it with what is over, whatever hangs', async () => {
  const stop = new AbortController()
  let calls = 0
  const fetch = async () => {
    calls += 1
    if (calls <= 3) return new Response('{}')
    stop.abort()
    return new Promise<Response>(() => {})
  }
  const all = new Latencies()
  const slice = await makeSlice(fetch, url, 1, { calls: 10 }, stop.signal, all)
  expect(slice).toMatchObject({ calls: 3, ok: 3, failures: {} })
  expect(all.percentiles()).toEqual(slice.latency)
})

test('at a rate, what was not begun is no call, and its wait counts all the same', async () => {
  const fetch = async () => {
    const end = performance.now() + 250
    while (performance.now() < end);
    return new Response('{}')
  }
  const slice = await makeSlice(fetch, url, 1, { calls: 10, rate: 1000, duration: 100 }, never, new Latencies())
  expect(slice).toMatchObject({ calls: 1, missed: 9, ok: 1 })
  expect(slice.latency?.p50).toBeGreaterThan(200)
})
