import { fileURLToPath } from 'node:url'
import { runProgram } from '@steadfetch/test-support/run-program'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { harden } from './steadfetch.ts'
import { always, networkError, replies } from './testing.ts'

const url = 'http://api.test/'

describe("vitest's fake timers", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('show each attempt at its time', async () => {
    const fetch = replies(503, { status: 429, headers: { 'retry-after': '20' } }, networkError('ECONNRESET'), 200)
    const started = Date.now()
    const policy = { retry: { attempts: 4, backoff: () => 1_000 } }
    const calling = harden(policy, fetch)(url)
    await vi.advanceTimersByTimeAsync(999)
    expect(fetch.calls).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(fetch.calls).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(22_000)
    expect((await calling).status).toBe(200)
    expect(fetch.calls.map(({ at }) => at - started)).toEqual([0, 1_000, 22_000, 23_000])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may run on their own: nothing is waited for', async () => {
    vi.setTimerTickMode('nextTimerAsync')
    const body = 'x'.repeat(1_000_000)
    const fetch = replies(503, new Response(body, { status: 503 }), 200)
    const started = Date.now()
    const policy = { retry: { methods: ['POST'], backoff: () => 5_000 } }
    expect((await harden(policy, fetch)(url, { method: 'POST', body })).status).toBe(200)
    expect(Date.now() - started).toBe(10_000)
  })

  it('show the timeouts of a service that hangs', async () => {
    const fetch = replies('hang', 'hang', always(503))
    const started = Date.now()
    const policy = { retry: { backoff: () => 100 }, timeout: { attempt: { headers: 2_000 } } }
    const calling = harden(policy, fetch)(url)
    await vi.advanceTimersByTimeAsync(4_200)
    expect((await calling).status).toBe(503)
    expect(fetch.calls.map(({ at }) => at - started)).toEqual([0, 2_100, 4_200])
  })

  it("are those of the caller's abort, too", async () => {
    const call = new AbortController()
    const calling = harden({ retry: { backoff: () => 1_000 } }, replies(503))(url, { signal: call.signal })
    const outcome = calling.catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(500)
    call.abort('enough')
    expect(await outcome).toBe('enough')
    expect(vi.getTimerCount()).toBe(0)
  })
})

it("node:test's fake timers do the same", async (context) => {
  const program = fileURLToPath(new URL('../../../test/testing/mock-timers.ts', import.meta.url))
  const { status, stdout } = await runProgram(context, '--test', '--test-reporter=tap', program).ended
  expect(stdout).toMatch(/^# pass 4$/m)
  expect(status).toBe(0)
})
