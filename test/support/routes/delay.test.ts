import { afterAll, describe, expect, it } from 'vitest'
import { startFaultServer } from '../fault-server.ts'

const server = await startFaultServer()
afterAll(() => server.close())

const reason = new Error('seen enough')
/** Reads `bytes` bytes of a body that may have more, and lets it go. */
async function begins(path: string, bytes: number): Promise<Response> {
  const controller = new AbortController()
  const response = await fetch(server.url(path), { signal: controller.signal })
  const reader = response.body?.getReader()
  let missing = bytes
  while (missing > 0) missing -= (await reader?.read())?.value?.length ?? missing
  expect(missing).toBeLessThanOrEqual(0)
  controller.abort(reason)
  return response
}

describe('/slow', () => {
  it('keeps the headers back', async () => {
    const controller = new AbortController()
    const slow = fetch(server.url('/slow?headers=600000&key=slow'), { signal: controller.signal })
    await expect.poll(() => server.hits('slow'), { interval: 5 }).toBe(1)
    await (await fetch(server.url('/json'))).text()
    expect(server.openExchanges).toBe(1)
    controller.abort(reason)
    await expect(slow).rejects.toBe(reason)
  })

  it('answers in the end, as any other route if told to', async () => {
    expect(await (await fetch(server.url('/slow?headers=1'))).json()).toEqual({ ok: true })
    expect((await fetch(server.url('/slow', { headers: 1, next: '/status/503' }))).status).toBe(503)
  })
})

describe('/trickle', () => {
  it('sends its chunks one by one', async () => {
    const response = await fetch(server.url('/trickle?chunks=4&every=5&size=3'))
    const chunks = []
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    expect(chunks.map((chunk) => chunk.length)).toEqual([3, 3, 3, 3])
  })

  it('sends the first chunk with the headers', async () => {
    expect((await begins('/trickle?every=600000', 16)).status).toBe(200)
  })
})

describe('/stall and /stalling', () => {
  it('send headers and some bytes of what they announce', async () => {
    const response = await begins('/stall?after=100', 100)
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '1124'])
    expect((await begins('/stalling', 16)).status).toBe(503)
    expect((await begins('/stalling?status=429', 16)).status).toBe(429)
  })

  it('may fall silent after the headers', async () => {
    expect((await begins('/stall?after=0', 0)).status).toBe(200)
  })
})

describe('/endless', () => {
  it.each([0, 1])('goes on sending, every %i ms', async (every) => {
    expect((await begins(`/endless?status=500&every=${every}`, 10_000)).status).toBe(500)
  })
})

describe('/silent', () => {
  it('takes the request and does not answer', async () => {
    const controller = new AbortController()
    const silent = fetch(server.url('/silent?key=silent'), { signal: controller.signal })
    await expect.poll(() => server.hits('silent'), { interval: 5 }).toBe(1)
    controller.abort(reason)
    await expect(silent).rejects.toBe(reason)
  })
})
