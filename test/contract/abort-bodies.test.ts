import { describe, expect, it, vi } from 'vitest'
import { failureOf } from './failure.ts'
import { falsyReasons, reasons } from './reasons.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving('test')
const often = { interval: 2, timeout: 5000 }

/** Node 22 forgets the reason of an abort that meets nobody reading, and fails even a body that there is not. */
const forgetful = process.version.startsWith('v22.')

describe.each(subjects)('$name: abort of a body', ({ wrap, options }) => {
  const fetch = wrap(platform)

  async function stalled(): Promise<{ caller: AbortController; response: Response }> {
    const caller = new AbortController()
    const response = await fetch(here.url('/stall?after=16'), { ...options, signal: caller.signal })
    return { caller, response }
  }

  async function expectClosed(): Promise<void> {
    await vi.waitUntil(() => here.server.openExchanges === 0, often)
  }

  it.each(reasons)('that is being read, for %s', async (_, reason) => {
    const { caller, response } = await stalled()
    const failing = failureOf(response.text())
    caller.abort(reason)
    expect(await failing).toBe(reason)
    await expectClosed()
  })

  it.each(falsyReasons)('that is being read, for %s, of which the platform makes an AbortError', async (_, reason) => {
    const { caller, response } = await stalled()
    const failing = failureOf(response.text())
    caller.abort(reason)
    expect(await failing).toMatchObject({ name: 'AbortError' })
    await expectClosed()
  })

  it('that nobody has begun to read', async () => {
    const { caller, response } = await stalled()
    const reason = new Error('enough')
    caller.abort(reason)
    const failure = await failureOf(response.text())
    if (forgetful && failure !== reason) expect(failure).toMatchObject({ name: 'AbortError' })
    else expect(failure).toBe(reason)
    await expectClosed()
  })

  it('that a reader has read half of', async () => {
    const { caller, response } = await stalled()
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value?.length).toBe(16)
    const failing = failureOf(Promise.resolve(reader?.read()))
    const reason = { why: 'enough' }
    caller.abort(reason)
    expect(await failing).toBe(reason)
    expect(await failureOf(Promise.resolve(reader?.closed))).toBe(reason)
    await expectClosed()
  })

  it('that for await has read half of', async () => {
    const { caller, response } = await stalled()
    const reading = async (): Promise<void> => {
      for await (const chunk of response.body ?? []) {
        expect(chunk).toHaveLength(16)
        caller.abort('enough')
      }
    }
    expect(await failureOf(reading())).toBe('enough')
    await expectClosed()
  })

  it('that is a clone’s too ends both', async () => {
    const { caller, response } = await stalled()
    const clone = response.clone()
    const failing = Promise.all([failureOf(response.text()), failureOf(clone.text())])
    const reason = new Error('enough')
    caller.abort(reason)
    expect(await failing).toEqual([reason, reason])
    await expectClosed()
  })

  it('by the signal of a Request that nobody has any more', async () => {
    const caller = new AbortController()
    const response = await fetch(new Request(here.url('/stall'), { signal: caller.signal }), { ...options })
    const failing = failureOf(response.text())
    caller.abort('enough')
    expect(await failing).toBe('enough')
    await expectClosed()
  })

  it('by AbortSignal.timeout', async () => {
    const signal = AbortSignal.timeout(100)
    const failure = await failureOf((await fetch(here.url('/stall'), { signal })).text())
    expect(failure).toBe(signal.reason)
    expect(failure).toMatchObject({ name: 'TimeoutError' })
  })

  it('that is over changes nothing any more', async () => {
    const caller = new AbortController()
    const response = await fetch(here.url('/json'), { ...options, signal: caller.signal })
    const reader = response.body?.getReader()
    const chunks: unknown[] = []
    for (let read = await reader?.read(); read?.value; read = await reader?.read()) chunks.push(read.value)
    caller.abort('too late')
    expect(chunks).toHaveLength(1)
    expect(await reader?.read()).toEqual({ done: true, value: undefined })
    expect(response.status).toBe(200)
    expect((await fetch(here.url('/json'))).ok).toBe(true)
  })

  it.skipIf(forgetful)('that is null changes nothing', async () => {
    const caller = new AbortController()
    const response = await fetch(here.url('/status/204'), { ...options, signal: caller.signal })
    caller.abort('too late')
    expect(await response.text()).toBe('')
  })

  it('of one call leaves the others on the same URL alone', async () => {
    const [one, other] = await Promise.all([stalled(), fetch(here.url('/slow?headers=20'))])
    const failing = failureOf(one.response.text())
    one.caller.abort('enough')
    expect(await failing).toBe('enough')
    expect(await other.json()).toEqual({ ok: true })
  })
})
