import { compose } from '@steadfetch/core'
import { type EndEvent, hooks } from '@steadfetch/hooks'
import { log } from '@steadfetch/log'
import { retry } from '@steadfetch/retry'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { TimeoutError, timeout } from '@steadfetch/timeout'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** What the order of a layer that tells and of one that does means: their READMEs' "Where to put it", as tests. */

const url = 'https://api.example.com/'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

const patiently = { attempts: 3, backoff: () => 600 }
const empty = (status: number) => () => new Response(null, { status })

/** A logger that keeps what it is given. */
function keeping(entries: object[]): {
  info(entry: object): void
  warn(entry: object): void
  error(entry: object): void
} {
  const keep = (entry: object): void => void entries.push(entry)
  return { info: keep, warn: keep, error: keep }
}

describe('hooks and retry', () => {
  function told(events: string[]): Parameters<typeof hooks>[0] {
    return {
      onRequest: () => void events.push('request'),
      onResponse: ({ response }) => void events.push(`response ${response.status}`),
      onError: ({ error }) => void events.push(`error ${String(error)}`),
      onEnd: ({ outcome, duration }) => void events.push(`${outcome} after ${Math.round(duration)} ms`),
    }
  }

  it('outside of a retry, hooks are called once for a call, with the last outcome', async () => {
    const events: string[] = []
    const fetch = scriptedFetch(empty(503), networkError('ECONNRESET'), empty(200))
    const call = compose(hooks(told(events)), retry(patiently))(fetch)(url)
    await vi.advanceTimersByTimeAsync(1200)
    await call
    expect(events).toEqual(['request', 'response 200', 'complete after 1200 ms'])
  })

  it('inside of a retry, hooks are called for each attempt', async () => {
    const events: string[] = []
    const fetch = scriptedFetch(empty(503), networkError('ECONNRESET'), empty(200))
    const call = compose(retry(patiently), hooks(told(events)))(fetch)(url)
    await vi.advanceTimersByTimeAsync(1200)
    await call
    expect(events).toEqual([
      ...['request', 'response 503', 'complete after 0 ms'],
      ...['request', 'error TypeError: fetch failed', 'failed after 0 ms'],
      ...['request', 'response 200', 'complete after 0 ms'],
    ])
  })

  it('inside of a retry, a response that a hook replaces is what the retry judges', async () => {
    const fetch = scriptedFetch(empty(418), empty(200))
    const onResponse = ({ response }: { response: Response }) =>
      response.status === 418 ? new Response(null, { status: 503 }) : undefined
    const inside = compose(retry(patiently), hooks({ onResponse }))(fetch)(url)
    await vi.advanceTimersByTimeAsync(600)
    expect((await inside).status).toBe(200)
    const outside = await compose(hooks({ onResponse }), retry(patiently))(scriptedFetch(empty(418)))(url)
    expect(outside.status).toBe(503)
  })
})

describe('log and retry', () => {
  it('outside of a retry, log writes one line for a call, with the number of its attempts', async () => {
    const entries: object[] = []
    const stack = compose(log({ logger: keeping(entries) }), retry(patiently))(scriptedFetch(empty(503), empty(200)))
    const call = stack(url)
    await vi.advanceTimersByTimeAsync(600)
    await call
    expect(entries).toEqual([expect.objectContaining({ status: 200, attempts: 2, duration: 600 })])
  })

  it('inside of a retry, log writes one line for each attempt', async () => {
    const entries: object[] = []
    const stack = compose(retry(patiently), log({ logger: keeping(entries) }))(scriptedFetch(empty(503), empty(200)))
    const call = stack(url)
    await vi.advanceTimersByTimeAsync(600)
    await call
    expect(entries).toEqual([
      expect.objectContaining({ status: 503, duration: 0 }),
      expect.objectContaining({ status: 200, duration: 0 }),
    ])
    for (const entry of entries) expect(entry).not.toHaveProperty('attempts')
  })
})

describe('timeout and who tells', () => {
  it.each(['outside', 'inside'] as const)('%s of a timeout, its error is told', async (place) => {
    const ends: EndEvent[] = []
    const entries: object[] = []
    const telling = compose(hooks({ onEnd: (end) => void ends.push(end) }), log({ logger: keeping(entries) }))
    const limited = timeout({ headers: 1000 })
    const stack = place === 'outside' ? compose(telling, limited) : compose(limited, telling)
    const call = expect(stack(scriptedFetch('hang'))(url)).rejects.toThrow(TimeoutError)
    await vi.advanceTimersByTimeAsync(1000)
    await call
    const outcome = place === 'outside' ? 'failed' : 'aborted'
    expect(ends).toEqual([expect.objectContaining({ outcome, error: expect.any(TimeoutError) })])
    expect(entries).toEqual([expect.objectContaining({ outcome, errorKind: 'timeout' })])
  })
})
