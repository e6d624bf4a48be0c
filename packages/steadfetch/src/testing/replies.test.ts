import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { harden } from '../steadfetch.ts'
import { always, type Replies, type Reply, replies } from '../testing.ts'

afterEach(() => void vi.useRealTimers())
expectNoUnhandledRejection()

const url = 'http://api.test/'

async function statusesOf(fetch: Replies, calls: number): Promise<number[]> {
  const statuses = []
  for (let call = 0; call < calls; call += 1) statuses.push((await fetch(url)).status)
  return statuses
}

describe('the script', () => {
  it('is a fetch that gives the replies in order', async () => {
    const fetch: typeof globalThis.fetch = replies(503, 429, 200)
    expect([(await fetch(url)).status, (await fetch(url)).status, (await fetch(url)).status]).toEqual([503, 429, 200])
  })

  it.each([
    [[503, 429, 200], 'replies: call 4 has no reply; there are 3, and always(reply) at the end would repeat one'],
    [[200], 'replies: call 2 has no reply; there is 1, and always(reply) at the end would repeat one'],
    [[], 'replies: call 1 has no reply; there are none, and always(reply) at the end would repeat one'],
  ])('says so where a call is too many: %o', async (script, message) => {
    const fetch = replies(...script)
    await statusesOf(fetch, script.length)
    await expect(fetch(url)).rejects.toThrow(new Error(message))
    expect(fetch.calls).toHaveLength(script.length + 1)
  })

  it('is not retried where a call is too many', async () => {
    const fetch = replies(503)
    await expect(harden({ retry: { backoff: () => 1 } }, fetch)(url)).rejects.toThrow('replies: call 2 has no reply')
    expect(fetch.calls).toHaveLength(2)
  })

  it('may end with a reply that does not run out', async () => {
    expect(await statusesOf(replies(503, always(200)), 4)).toEqual([503, 200, 200, 200])
    expect(await statusesOf(replies(always(new Response(null, { status: 204 }))), 2)).toEqual([204, 204])
  })

  it('gives calls at the same time a reply each', async () => {
    const fetch = replies(200, 201, 202)
    const responses = await Promise.all([fetch(url), fetch(url), fetch(url)])
    expect(responses.map(({ status }) => status)).toEqual([200, 201, 202])
  })

  it.each([
    [[always(200), 503], 'replies: reply 1 is always given, so none may come after it'],
    [[200, 99], 'replies: reply 2 must have a status from 200 to 599, got 99'],
    [[600], 'replies: reply 1 must have a status from 200 to 599, got 600'],
    [[200.5], 'replies: reply 1 must have a status from 200 to 599, got 200.5'],
    [[always(0)], 'replies: reply 1 must have a status from 200 to 599, got 0'],
    [[Response.error()], 'replies: reply 1 must have a status from 200 to 599, got 0'],
    [['hangs'], 'replies: reply 1 must be a status, { status, headers, json }, a Response, an Error, "hang" or a'],
    [[[503, 200]], '"hang" or a function, got an array'],
    [[undefined], '"hang" or a function, got undefined'],
    [[null], '"hang" or a function, got null'],
    [[Reflect.apply(always, undefined, [always(200)])], 'replies: reply 1 is always() within always()'],
    [[{ body: 'x' }], 'replies: reply 1: there is no option "body"; there are status, headers, json'],
    [[{ status: '503' }], 'replies: reply 1 must have a status from 200 to 599, got "503"'],
    [[{ status: 204, json: {} }], 'replies: reply 1 can have no body with status 204'],
    [[{ json: () => {} }], 'replies: reply 1: json must be something that JSON can say, got a function'],
    [[{ json: 1n }], 'replies: reply 1: Do not know how to serialize a BigInt'],
    [[{ headers: { 'a b': '1' } }], /^replies: reply 1: .*a b/],
  ])('refuses %o and names what is wrong', (script, message) => {
    expect(() => Reflect.apply(replies, undefined, script)).toThrow(message)
  })
})

describe('a call', () => {
  it.each<[string, Parameters<typeof fetch>]>([
    ['a URL that is none', ['/orders']],
    ['a body in a GET', [url, { body: 'x' }]],
    ['a header that is none', [url, { headers: { 'a b': '1' } }]],
    ['a signal that is none', [url, Reflect.apply(Object, undefined, [{ signal: new AbortController() }])]],
  ])('is refused for %s, as the platform would, and leaves no trace', async (_, call) => {
    const answer = vi.fn(() => new Response())
    const fetch = replies(answer)
    await expect(fetch(...call)).rejects.toThrow(TypeError)
    expect([fetch.calls.length, answer.mock.calls.length]).toEqual([0, 0])
  })

  it('takes the body of a Request, which cannot be sent twice', async () => {
    const fetch = replies(always(200))
    const request = new Request(url, { method: 'PUT', body: 'once' })
    await fetch(request)
    await expect(fetch(request)).rejects.toThrow(TypeError)
    expect(await Promise.all(fetch.calls.map((call) => call.text()))).toEqual(['once'])
  })

  it('is answered when its body has been sent', async () => {
    let controller: ReadableStreamDefaultController | undefined
    const body = new ReadableStream({
      start: (given) => {
        controller = given
      },
    })
    const fetch = replies(200)
    let answered = false
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    const calling = fetch(url, init).finally(() => {
      answered = true
    })
    controller?.enqueue(new TextEncoder().encode('first '))
    await new Promise((resolve) => setImmediate(resolve))
    expect(answered).toBe(false)
    controller?.enqueue(new TextEncoder().encode('last'))
    controller?.close()
    expect((await calling).status).toBe(200)
    expect(await fetch.calls[0]?.text()).toBe('first last')
  })

  it('fails with its own body', async () => {
    const failure = new Error('the file is gone')
    const body = new ReadableStream({ start: (controller) => controller.error(failure) })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    await expect(replies(200)(url, init)).rejects.toBe(failure)
  })

  it('changes nothing that it was given', async () => {
    const headers = Object.freeze({ a: '1' })
    const init = Object.freeze({ method: 'POST', body: '{}', headers, signal: new AbortController().signal })
    const script = Object.freeze({ status: 503, headers: Object.freeze({ 'retry-after': '2' }), json: {} })
    const response = Object.freeze(Response.json({ ok: true }))
    const fetch = replies(script, response)
    await fetch(url, init)
    await fetch(url, init)
    expect([response.bodyUsed, response.url]).toEqual([false, ''])
  })
})

describe('the signal', () => {
  const reason = new Error('enough')
  const waiting: [string, Reply][] = [
    ['that hangs', 'hang'],
    ['function that has not answered', () => new Promise<Response>(() => {})],
  ]

  it('keeps a call from being made when it has aborted before', async () => {
    const answer = vi.fn(() => new Response())
    const fetch = replies(answer)
    await expect(fetch(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect([fetch.calls.length, answer.mock.calls.length]).toEqual([0, 0])
    expect((await fetch(url)).status).toBe(200)
  })

  it.each(waiting)('ends a reply %s with its very reason', async (_, reply) => {
    for (const why of [reason, 'enough', 0]) {
      const call = new AbortController()
      const calling = replies(reply)(url, { signal: call.signal })
      call.abort(why)
      await expect(calling).rejects.toBe(why)
    }
  })

  it.each<[string, Reply]>([
    ['status', 200],
    ['Response', Response.json({})],
  ])('ends a %s too that has not been given yet', async (_, reply) => {
    const call = new AbortController()
    const calling = replies(reply)(url, { signal: call.signal })
    call.abort(reason)
    await expect(calling).rejects.toBe(reason)
  })

  it('may be that of a Request, unless `init` has another', async () => {
    const call = new AbortController()
    const request = new Request(url, { signal: call.signal })
    const calling = replies('hang')(request)
    call.abort(reason)
    await expect(calling).rejects.toBe(reason)
    expect((await replies(200)(request, { signal: null })).status).toBe(200)
  })

  it('lets go of a response that comes too late', async () => {
    const late = Promise.withResolvers<Response>()
    const call = new AbortController()
    const calling = replies(() => late.promise)(url, { signal: call.signal })
    call.abort(reason)
    await expect(calling).rejects.toBe(reason)
    const response = new Response('late')
    late.resolve(response)
    await vi.waitFor(() => expect(response.bodyUsed).toBe(true))
  })

  it('has no listener of a call that is over', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await replies(200)(url, { signal })
    expect(add).toHaveBeenCalled()
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length)
  })
})
