import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { harden } from 'steadfetch'
import { MockAgent, setGlobalDispatcher } from 'undici'

// Run by `node --test`, in a process that may have its dispatcher replaced.

const origin = 'http://api.test'
const quick = { retry: { backoff: () => 1 } }

/** Made before any MockAgent: the platform's fetch looks its dispatcher up when it is called. */
const hardened = harden(quick)

let agent: MockAgent
beforeEach(() => {
  agent = new MockAgent()
  agent.disableNetConnect()
  setGlobalDispatcher(agent)
})
afterEach(async () => {
  mock.timers.reset()
  await agent.close()
  agent.assertNoPendingInterceptors()
})

/** What the service replies to the requests, in order; how many it has got. */
function prepare(path: string, method: string, ...statuses: number[]): { requests: number } {
  const seen = { requests: 0 }
  for (const statusCode of statuses) {
    const interceptor = agent.get(origin).intercept({ path, method })
    interceptor.reply(() => {
      seen.requests += 1
      return { statusCode }
    })
  }
  return seen
}

test('the attempts consume the interceptors in order', async () => {
  const service = agent.get(origin)
  service.intercept({ path: '/orders/7' }).reply(503).times(2)
  service.intercept({ path: '/orders/7' }).reply(200, { id: 7 })
  const response = await hardened(`${origin}/orders/7`)
  assert.deepEqual(await response.json(), { id: 7 })
})

test('an attempt that fails as a network does is followed by another', async () => {
  const service = agent.get(origin)
  service.intercept({ path: '/' }).replyWithError(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
  service.intercept({ path: '/' }).reply(204)
  assert.equal((await hardened(origin)).status, 204)
})

test('each attempt is sent with its body', async () => {
  const bodies: Promise<string>[] = []
  const service = agent.get(origin)
  for (const status of [503, 201]) {
    service.intercept({ path: '/orders', method: 'PUT' }).reply(({ body }) => {
      bodies.push(text(body as unknown as AsyncIterable<Uint8Array>))
      return { statusCode: status }
    })
  }
  const response = await hardened(`${origin}/orders`, { method: 'PUT', body: '{"id":7}' })
  assert.equal(response.status, 201)
  assert.deepEqual(await Promise.all(bodies), ['{"id":7}', '{"id":7}'])
})

test('a call that must not be repeated leaves the second interceptor alone', async () => {
  const seen = prepare('/orders', 'POST', 503, 201)
  assert.equal((await hardened(`${origin}/orders`, { method: 'POST', body: '{}' })).status, 503)
  assert.equal(seen.requests, 1)
  assert.equal((await hardened(`${origin}/orders`, { method: 'POST', body: '{}' })).status, 201)
})

test('the waits are over when the fake timers say so', async () => {
  const seen = prepare('/', 'GET', 503, 200)
  mock.timers.enable({ apis: ['setTimeout'] })
  const retrying = Promise.withResolvers<void>()
  const policy = { retry: { backoff: () => 9_000, onRetry: () => retrying.resolve() } }
  const calling = harden(policy)(origin)
  await retrying.promise
  await new Promise((resolve) => setImmediate(resolve))
  mock.timers.tick(8_999)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(seen.requests, 1)
  mock.timers.tick(1)
  assert.equal((await calling).status, 200)
})

test('a call that nothing was prepared for fails, and says why', async () => {
  await assert.rejects(hardened(`${origin}/unknown`), ({ cause }: Error) => String(cause).includes("'/unknown'"))
})
