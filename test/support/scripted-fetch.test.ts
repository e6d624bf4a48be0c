import { describe, expect, it, vi } from 'vitest'
import { networkError, scriptedFetch } from './scripted-fetch.ts'

const url = 'http://api.test/'

describe('scriptedFetch', () => {
  it('is a fetch', () => {
    const fetch: typeof globalThis.fetch = scriptedFetch()
    expect(fetch).toBeTypeOf('function')
  })

  it('gives the replies in order and repeats the last', async () => {
    const fetch = scriptedFetch(503, 429, 200)
    const statuses = []
    for (let call = 0; call < 4; call++) statuses.push((await fetch(url)).status)
    expect(statuses).toEqual([503, 429, 200, 200])
  })

  it('answers 200 without a script', async () => {
    expect((await scriptedFetch()(url)).status).toBe(200)
  })

  it('gives a status a small body, and none to a null-body status', async () => {
    expect(await (await scriptedFetch(503)(url)).text()).toBe('status 503')
    for (const status of [204, 205, 304]) expect((await scriptedFetch(status)(url)).body).toBeNull()
  })

  it('hands the call to a reply function', async () => {
    const fetch = scriptedFetch((input, init) => Response.json({ input, method: init?.method }))
    expect(await (await fetch(url, { method: 'PUT' })).json()).toEqual({ input: url, method: 'PUT' })
  })

  it('rejects with what a reply function throws', async () => {
    const fetch = scriptedFetch(() => {
      throw new RangeError('no')
    })
    await expect(fetch(url)).rejects.toThrow(RangeError)
  })

  it('rejects with a scripted error, the very object', async () => {
    const error = networkError('ECONNREFUSED')
    await expect(scriptedFetch(error)(url)).rejects.toBe(error)
    expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
  })

  it('records its calls with the time, which may be a fake one', async () => {
    vi.useFakeTimers()
    const fetch = scriptedFetch(200)
    const init = { method: 'POST' }
    await fetch(url)
    vi.advanceTimersByTime(250)
    await fetch(url, init)
    vi.useRealTimers()
    const [first, second] = fetch.calls
    expect(second?.init).toBe(init)
    expect([first?.input, first?.init]).toEqual([url, undefined])
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(250)
  })

  describe('rejects with the very reason of the signal', () => {
    const reason = new Error('enough')

    it('when it has aborted before the call', async () => {
      const answer = vi.fn(() => new Response())
      await expect(scriptedFetch(answer)(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      expect(answer).not.toHaveBeenCalled()
    })

    it('when it aborts a reply that hangs', async () => {
      const controller = new AbortController()
      const call = scriptedFetch('hang')(url, { signal: controller.signal })
      controller.abort(reason)
      await expect(call).rejects.toBe(reason)
    })

    it('when it aborts a reply function that has not answered', async () => {
      const controller = new AbortController()
      const call = scriptedFetch(() => new Promise(() => {}))(url, { signal: controller.signal })
      controller.abort(reason)
      await expect(call).rejects.toBe(reason)
    })

    it('when it is the signal of a Request', async () => {
      const controller = new AbortController()
      const call = scriptedFetch('hang')(new Request(url, { signal: controller.signal }))
      controller.abort(reason)
      await expect(call).rejects.toBe(reason)
    })

    it('unless `init` replaces the signal of the Request', async () => {
      const request = new Request(url, { signal: AbortSignal.abort(reason) })
      expect((await scriptedFetch(200)(request, { signal: null })).status).toBe(200)
    })
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await scriptedFetch(200)(url, { signal })
    await Promise.resolve()
    expect(remove.mock.calls.length).toBe(add.mock.calls.length)
  })
})
