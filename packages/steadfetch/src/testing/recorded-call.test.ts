import { afterEach, describe, expect, it, vi } from 'vitest'
import { always, type RecordedCall, replies } from '../testing.ts'

afterEach(() => void vi.useRealTimers())

const url = 'http://api.test/orders'

/** The record of one call. */
async function recordOf(...call: Parameters<typeof fetch>): Promise<RecordedCall> {
  const fetch = replies(200)
  await fetch(...call)
  return fetch.calls[0] ?? expect.unreachable('nothing was recorded')
}

describe('a recorded call', () => {
  it('is what the server would have seen', async () => {
    const init = { method: 'post', headers: { 'X-Id': '7' }, body: JSON.stringify({ article: 4711 }) }
    const call = await recordOf(new URL('http://API.test:80/a/../orders#part'), init)
    expect([call.url, call.method]).toEqual([url, 'POST'])
    expect([...call.headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['x-id', '7'],
    ])
    expect([await call.text(), await call.text()]).toEqual(['{"article":4711}', '{"article":4711}'])
    expect(await call.json()).toEqual({ article: 4711 })
  })

  it('is that of a Request with what `init` puts in its place', async () => {
    const request = new Request(url, { method: 'PUT', headers: { a: '1' }, body: 'old' })
    const call = await recordOf(request, { headers: { b: '2' }, body: 'new' })
    expect([call.method, await call.text()]).toEqual(['PUT', 'new'])
    expect([call.headers.get('a'), call.headers.get('b')]).toEqual([null, '2'])
  })

  it('has what fetch was called with, too', async () => {
    const init = { method: 'PUT' }
    const call = await recordOf(url, init)
    expect(call.init).toBe(init)
    expect([call.input, (await recordOf(url)).init]).toEqual([url, undefined])
  })

  it('has headers of its own', async () => {
    const headers = new Headers({ a: '1' })
    const call = await recordOf(url, { headers })
    headers.set('a', '2')
    expect(call.headers.get('a')).toBe('1')
  })

  it('has a text without a body too, but no JSON', async () => {
    const call = await recordOf(url)
    expect(await call.text()).toBe('')
    await expect(call.json()).rejects.toThrow(SyntaxError)
  })

  it('has forms as they are sent', async () => {
    const form = new FormData()
    form.set('name', 'me')
    const call = await recordOf(url, { method: 'POST', body: form })
    const [, boundary = 'none'] = call.headers.get('content-type')?.match(/^multipart\/form-data; boundary=(.+)$/) ?? []
    expect(await call.text()).toContain(`${boundary}\r\nContent-Disposition: form-data; name="name"`)
    const search = await recordOf(url, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
    expect(await search.text()).toBe('a=b+c')
  })

  it('has its time, which may be a fake one', async () => {
    vi.useFakeTimers()
    const fetch = replies(always(200))
    await fetch(url)
    vi.advanceTimersByTime(250)
    await fetch(url)
    const [first, second] = fetch.calls.map(({ at }) => at)
    expect([first, second]).toEqual([Date.now() - 250, Date.now()])
  })
})
