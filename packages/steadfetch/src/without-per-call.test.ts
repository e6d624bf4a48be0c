import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { createFetch } from 'ofetch'
import { expect, it } from 'vitest'
import { harden } from './harden.ts'
import { withoutPerCall } from './without-per-call.ts'

const url = 'http://a.test/'
const retry = { backoff: () => 1 }

it('leaves what is not the platform’s to whoever means it, and hands on the rest', async () => {
  const inner = scriptedFetch(networkError('ECONNRESET'), 200)
  const fetch = withoutPerCall(harden({ retry }, inner))
  const own = { method: 'PUT', body: 'a body', headers: { a: '1' } }
  const others = { timeout: 500, retry: { type: 'linear', attempts: 1 }, auth: { type: 'Bearer' }, baseURL: url }
  expect((await fetch(url, { ...own, ...others })).status).toBe(200)
  expect(inner.calls).toHaveLength(2)
  expect(inner.calls[1]?.init).toMatchObject({ ...own, baseURL: url })
  for (const name of ['timeout', 'retry', 'auth']) expect(inner.calls[1]?.init).not.toHaveProperty(name)
})

it('rejects where the call is none, and throws nothing', async () => {
  const calling: Promise<unknown> = Reflect.apply(withoutPerCall(harden({}, scriptedFetch(200))), undefined, [url, 5])
  await expect(calling).rejects.toThrow('fetch: init must be an object, got 5')
})

it('is what ofetch takes', async () => {
  const inner = scriptedFetch(503, () => Response.json({ id: 7 }))
  const ofetch = createFetch({ fetch: withoutPerCall(harden({ retry }, inner)) })
  expect(await ofetch(url, { timeout: 5000, retry: 0 })).toEqual({ id: 7 })
  expect(inner.calls).toHaveLength(2)
  const direct = createFetch({ fetch: harden({ retry }, inner) })
  await expect(direct(url, { timeout: 5000, retry: 0 })).rejects.toThrow('timeout: options must be an object, got 5000')
})
