import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { attemptsOf, harden } from './steadfetch.ts'
import { replies } from './testing.ts'

// Mock Service Worker puts itself before the global fetch, which a hardened one looks up when it is called, and answers
// in place of the sockets below it.

const url = 'http://api.test/orders'
const server = setupServer()

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The statuses that a handler gives, in order; what it has been sent. */
function handle(...statuses: number[]): string[] {
  const seen: string[] = []
  const handler = http.all(url, async ({ request }) => {
    seen.push(`${request.method} ${await request.text()}`)
    return HttpResponse.json({ attempt: seen.length }, { status: statuses[seen.length - 1] ?? 500 })
  })
  server.use(handler)
  return seen
}

/** A status, or the error, once all waits are over. */
async function outcomeOf(calling: Promise<Response>): Promise<unknown> {
  const outcome = calling.then(
    ({ status }) => status,
    (error: unknown) => error,
  )
  await vi.runAllTimersAsync()
  return outcome
}

describe('over MSW', () => {
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())

  it('shows its handlers each attempt, with its body, and waits in no real time', async () => {
    const seen = handle(503, 429, 200)
    vi.setTimerTickMode('nextTimerAsync')
    const started = Date.now()
    const hardened = harden({ retry: { methods: ['POST'], backoff: () => 3_600 } })
    expect((await hardened(url, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(seen).toEqual(['POST {}', 'POST {}', 'POST {}'])
    expect(Date.now() - started).toBe(7_200)
  })

  it('gives the response that its handler made', async () => {
    handle(503, 200)
    vi.setTimerTickMode('nextTimerAsync')
    const response = await harden({ retry: { backoff: () => 5_000 } })(url)
    expect(await response.json()).toEqual({ attempt: 2 })
    expect(attemptsOf(response)?.attempts).toHaveLength(2)
  })

  it('repeats no call that a policy has not repeated', async () => {
    const seen = handle(503, 200)
    expect(await outcomeOf(harden()(url, { method: 'POST', body: '{}' }))).toBe(503)
    expect(seen).toHaveLength(1)
  })

  it('tries again where its handlers fail as a network does', async () => {
    const answer = vi.fn(() => HttpResponse.error())
    server.use(http.get(url, answer))
    expect(await outcomeOf(harden()(url))).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(answer).toHaveBeenCalledTimes(3)
  })

  it('gives up on a handler that does not answer', async () => {
    const answer = vi.fn(() => new Promise<never>(() => {}))
    server.use(http.get(url, answer))
    expect(await outcomeOf(harden()(url))).toMatchObject({ name: 'TimeoutError' })
    expect(answer).toHaveBeenCalledTimes(3)
  })
})

it('is answered by MSW with connections of its own, too', async () => {
  vi.useRealTimers()
  server.listen({ onUnhandledFrame: 'error' })
  const seen = handle(503, 200)
  await using hardened = harden({ pool: true, retry: { backoff: () => 1 } })
  expect(await (await hardened(url)).json()).toEqual({ attempt: 2 })
  expect(seen).toHaveLength(2)
  server.close()
})

describe('the global fetch is the one at the time of the call', () => {
  it('with MSW before a stub, and after it', async () => {
    const hardened = harden()
    const stub = replies(201, 202)
    handle(204)
    server.listen({ onUnhandledFrame: 'bypass' })
    vi.stubGlobal('fetch', stub)
    expect((await hardened(url)).status).toBe(201)
    vi.unstubAllGlobals()
    expect((await hardened(url)).status).toBe(204)
    server.close()
    vi.stubGlobal('fetch', stub)
    expect((await hardened(url)).status).toBe(202)
    expect(stub.calls).toHaveLength(2)
  })

  it('with MSW upon a stub, which it calls', async () => {
    const stub = replies(201, 202)
    vi.stubGlobal('fetch', stub)
    const hardened = harden()
    server.listen({ onUnhandledFrame: 'bypass' })
    expect((await hardened(url)).status).toBe(201)
    server.close()
    expect((await hardened(url)).status).toBe(202)
    // MSW hands a Request over; nobody does when it is gone.
    expect(stub.calls.map(({ input }) => input instanceof Request)).toEqual([true, false])
  })
})
