import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { always, networkError, type Reply, replies } from '../testing.ts'

const url = 'http://api.test/orders?page=1'

/** The response that a reply comes to. */
async function responseTo(reply: Reply): Promise<Response> {
  return replies(reply)(url)
}

describe('a status', () => {
  it('has a small body, where it may have one', async () => {
    expect(await (await responseTo(503)).text()).toBe('status 503')
    for (const status of [204, 205, 304]) expect((await responseTo(status)).body).toBeNull()
  })
})

describe('parts', () => {
  it('are a status, headers and JSON', async () => {
    const response = await responseTo({ status: 429, headers: { 'retry-after': '2' }, json: { error: 'slow down' } })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2'])
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual({ error: 'slow down' })
  })

  it('are 200 with a small body where they do not say', async () => {
    const response = await responseTo({ headers: { a: '1' } })
    expect([response.status, await response.text()]).toEqual([200, 'status 200'])
    expect(await (await responseTo({ json: null })).json()).toBeNull()
  })

  it('may name a content type of their own, and a header more than once', async () => {
    const headers: [string, string][] = [
      ['content-type', 'application/problem+json'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]
    const response = await responseTo({ status: 400, headers, json: {} })
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('are those at the time of the script', async () => {
    const json = { total: 1 }
    const fetch = replies({ json })
    json.total = 2
    expect(await (await fetch(url)).json()).toEqual({ total: 1 })
  })
})

describe('a Response', () => {
  it('is given as often as it is asked for, by any number of scripts', async () => {
    const init = { status: 201, statusText: 'Made', headers: { a: '1' } }
    const response = Response.json({ ok: true }, init)
    const scripts = [replies(always(response)), replies(response, response)]
    for (const fetch of scripts) {
      for (let call = 0; call < 2; call += 1) {
        const given = await fetch(url)
        expect(given).toMatchObject({ status: 201, statusText: 'Made' })
        expect([given.headers.get('a'), await given.json()]).toEqual(['1', { ok: true }])
      }
    }
  })

  it('can be cancelled and awaited, as one of the network', async () => {
    const given = await responseTo(new Response('a body'))
    expect(await given.body?.cancel()).toBeUndefined()
  })

  it('may be without a body', async () => {
    expect((await responseTo(Response.redirect('http://b.test/'))).body).toBeNull()
    expect((await responseTo(new Response(null, { status: 204 }))).body).toBeNull()
  })

  it('is refused when it has been read, or is being read', async () => {
    const read = new Response('x')
    await read.text()
    const reading = new Response('x')
    reading.body?.getReader()
    for (const response of [read, reading]) {
      expect(() => replies(200, response)).toThrow(new TypeError('replies: reply 2 is a Response that has been read'))
    }
  })
})

describe('an error', () => {
  it('is what the call is rejected with, the very object', async () => {
    const errors = [
      networkError('ECONNRESET'),
      new DOMException('no', 'AbortError'),
      runInNewContext('new TypeError()'),
    ]
    for (const error of errors) await expect(responseTo(error)).rejects.toBe(error)
  })
})

describe('a function', () => {
  it('gets the call as it was made, and its Response is the very one that is given', async () => {
    const made = new Response('made')
    const answer = vi.fn(async () => made)
    const init = { method: 'PUT' }
    expect(await replies(answer)(url, init)).toBe(made)
    expect(answer.mock.calls).toEqual([[url, init]])
  })

  it('may read the body of a Request, and the records still have it', async () => {
    const fetch = replies(async (input) => new Response(input instanceof Request ? await input.text() : 'no Request'))
    const response = await fetch(new Request(url, { method: 'POST', body: 'hello' }))
    expect([await response.text(), await fetch.calls[0]?.text()]).toEqual(['hello', 'hello'])
  })

  it('may be another fetch', async () => {
    const inner = replies(204)
    const fetch = replies(503, inner)
    await fetch(url)
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(204)
    expect(await inner.calls[0]?.text()).toBe('x')
  })

  it('fails the call with what it throws', async () => {
    const thrown = () => {
      throw new RangeError('no')
    }
    await expect(responseTo(thrown)).rejects.toThrow(new RangeError('no'))
  })

  it('is named when it returns no Response', async () => {
    const fetch = Reflect.apply(replies, undefined, [200, async () => {}])
    await fetch(url)
    await expect(fetch(url)).rejects.toThrow(new TypeError('replies: reply 2 must return a Response, got undefined'))
  })
})

describe('the URL', () => {
  it.each<[string, Reply]>([
    ['a status', 200],
    ['parts', { json: {} }],
    ['a Response', new Response('x')],
    ['the Response of a function', () => new Response('x')],
  ])('of %s is what was asked for, and that of its clones', async (_, reply) => {
    const response = await replies(reply)(new URL(`${url}#part`))
    expect([response.url, response.clone().url, response.clone().clone().url]).toEqual([url, url, url])
  })

  it('is left as it is where a function has gone for it elsewhere', async () => {
    const elsewhere = replies(200)
    expect((await responseTo(() => elsewhere('http://b.test/'))).url).toBe('http://b.test/')
  })
})
