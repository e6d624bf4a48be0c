import { describe, expect, it, vi } from 'vitest'
import { failureOf } from './failure.ts'
import { falsyReasons, reasons } from './reasons.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving('test')
const every = [...reasons, ...falsyReasons]
const often = { interval: 2, timeout: 5000 }
let calls = 0

/** A key of one call's own. */
function newKey(): string {
  calls += 1
  return `call ${calls}`
}

describe.each(subjects)('$name: abort', ({ wrap, options }) => {
  const fetch = wrap(platform)

  it.each(every)('before the call, for %s: nothing is sent', async (_, reason) => {
    const key = newKey()
    const signal = AbortSignal.abort(reason)
    expect(await failureOf(fetch(here.url('/json', { key }), { ...options, signal }))).toBe(signal.reason)
    expect(signal.reason).toBe(reason)
    expect(here.server.hits(key)).toBe(0)
  })

  it('before the call, by the signal of a Request: nothing is sent', async () => {
    const key = newKey()
    const reason = new Error('changed my mind')
    const request = new Request(here.url('/json', { key }), { signal: AbortSignal.abort(reason) })
    expect(await failureOf(fetch(request))).toBe(reason)
    expect(here.server.hits(key)).toBe(0)
  })

  it('before the call, for no reason: the platform’s own', async () => {
    const signal = AbortSignal.abort()
    const failure = await failureOf(fetch(here.url('/json'), { signal }))
    expect(failure).toBe(signal.reason)
    expect(failure).toMatchObject({ name: 'AbortError' })
  })

  it.each(every)('while the server is silent, for %s', async (_, reason) => {
    const key = newKey()
    const caller = new AbortController()
    const failing = failureOf(fetch(here.url('/silent', { key }), { ...options, signal: caller.signal }))
    await vi.waitUntil(() => here.server.hits(key) === 1, often)
    caller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => here.server.openExchanges === 0, often)
    expect(here.server.hits(key)).toBe(1)
  })

  it('while the server is silent, by the signal of a Request', async () => {
    const key = newKey()
    const caller = new AbortController()
    const request = new Request(here.url('/silent', { key }), { signal: caller.signal })
    const failing = failureOf(fetch(request))
    await vi.waitUntil(() => here.server.hits(key) === 1, often)
    const reason = { why: 'enough' }
    caller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => here.server.openExchanges === 0, often)
  })

  it('while the server is silent, by a signal made of others', async () => {
    const key = newKey()
    const caller = new AbortController()
    const signal = AbortSignal.any([caller.signal, new AbortController().signal])
    const failing = failureOf(fetch(here.url('/silent', { key }), { signal }))
    await vi.waitUntil(() => here.server.hits(key) === 1, often)
    caller.abort('enough')
    expect(await failing).toBe('enough')
  })

  it('by the signal of init and not by that of a Request', async () => {
    const reason = new Error('of init')
    const request = new Request(here.url('/json'), { signal: AbortSignal.abort(new Error('of the request')) })
    expect(await failureOf(fetch(request, { signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect((await fetch(request, { signal: new AbortController().signal })).status).toBe(200)
    expect((await fetch(request, { signal: null })).status).toBe(200)
  })

  it('by AbortSignal.timeout', async () => {
    const signal = AbortSignal.timeout(30)
    const failure = await failureOf(fetch(here.url('/silent'), { ...options, signal }))
    expect(failure).toBe(signal.reason)
    expect(failure).toMatchObject({ name: 'TimeoutError', code: 23 })
    expect(failure).toBeInstanceOf(DOMException)
  })

  it('during an upload ends that', async () => {
    const key = newKey()
    const caller = new AbortController()
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) })
    const init = { method: 'POST', body, duplex: 'half' as const, signal: caller.signal }
    const failing = failureOf(fetch(here.url('/echo', { key }), init))
    await vi.waitUntil(() => here.server.hits(key) === 1, often)
    const reason = new Error('enough')
    caller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => here.server.openExchanges === 0, often)
  })
})
