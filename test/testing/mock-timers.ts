import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { harden } from 'steadfetch'
import { networkError, replies } from 'steadfetch/testing'

// Run by `node --test`. Its timers are not vitest's: performance.now() goes on in real time.

const url = 'http://api.test/'

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
})

/** Lets all go on that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** The fake time passes. */
async function pass(milliseconds: number): Promise<void> {
  await settle()
  mock.timers.tick(milliseconds)
  await settle()
}

test('each attempt has its time', async () => {
  const fetch = replies(503, { status: 429, headers: { 'retry-after': '2' } }, networkError('ECONNRESET'), 200)
  const calling = harden({ retry: { attempts: 4, backoff: () => 1_000 } }, fetch)(url)
  await pass(999)
  assert.equal(fetch.calls.length, 1)
  await pass(1)
  assert.equal(fetch.calls.length, 2)
  await pass(3_000)
  await pass(1_000)
  assert.equal((await calling).status, 200)
  assert.deepEqual(
    fetch.calls.map(({ at }) => at),
    [0, 1_000, 4_000, 5_000],
  )
})

test('a service that hangs meets the timeout of each attempt', async () => {
  const fetch = replies('hang', 200)
  const policy = { retry: { backoff: () => 100 }, timeout: { attempt: { headers: 2_000 } } }
  const calling = harden(policy, fetch)(url)
  await pass(1_999)
  assert.equal(fetch.calls.length, 1)
  await pass(1)
  await pass(100)
  assert.equal((await calling).status, 200)
})

test('a wait that would outlast the whole call is not begun', async () => {
  const fetch = replies(503, 503)
  const policy = { retry: { backoff: () => 3_000 }, timeout: { total: { headers: 5_000 }, attempt: false as const } }
  const calling = harden(policy, fetch)(url)
  await pass(3_000)
  assert.equal((await calling).status, 503)
  assert.equal(fetch.calls.length, 2)
})

test('the global fetch may be mocked by node:test, before and after', async (context) => {
  const hardened = harden({ retry: { backoff: () => 1_000 } })
  const fetch = replies(503, 200)
  context.mock.method(globalThis, 'fetch', fetch)
  const calling = hardened(url)
  await pass(1_000)
  assert.equal((await calling).status, 200)
  assert.equal(fetch.calls.length, 2)
})
