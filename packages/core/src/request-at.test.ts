import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { pattern } from '@steadfetch/test-support/pattern'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type RequestAt, requestAt } from './request-at.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(() => server.close())

afterEach(() => {
  vi.useRealTimers()
})

const elsewhere = 'http://a.test/elsewhere'
const mebibyte = 1024 * 1024

interface Echo {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly length: number
}

async function send(input: Request | string, init?: RequestInit): Promise<Echo> {
  const sent = await requestAt(server.url('/echo?b=2'), input, init)
  const response = await fetch(sent.input, sent.init)
  sent.release()
  return response.json()
}

/** What the call would have come to at its own URL. */
async function platform(input: Request, init?: RequestInit): Promise<Echo> {
  return (await fetch(input, init)).json()
}

function streamed(...chunks: (Uint8Array<ArrayBuffer> | string)[]): Request {
  const body = new ReadableStream({
    pull: (controller) => {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
  })
  return new Request(server.url('/echo'), uploading(body))
}

function uploading(body: ReadableStream): RequestInit {
  const half = { duplex: 'half' as const }
  return { method: 'POST', body, ...half }
}

function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  )
}

describe('a URL', () => {
  it('is replaced, and nothing else', async () => {
    const init = { method: 'PUT', body: 'x' }
    const sent = await requestAt(elsewhere, 'http://a.test/', init)
    expect(sent).toMatchObject({ input: elsewhere, init: { method: 'PUT', body: 'x' } })
    expect(sent.init).toBe(init)
    sent.release()
  })
})

describe('a Request', () => {
  // A machine that is slow must not be what decides: the time that a body may take passes only where a test lets it.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })

  it('goes along with every member', async () => {
    const members = {
      method: 'PATCH',
      mode: 'same-origin',
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'manual',
      referrerPolicy: 'origin',
      integrity: 'sha256-x',
      keepalive: true,
    } as const
    const request = new Request('http://a.test/', { ...members, headers: { 'x-test': 'yes' } })
    const { init, release } = await requestAt(elsewhere, request, undefined)
    expect(init).toMatchObject(members)
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({ 'x-test': 'yes' })
    expect(init).not.toHaveProperty('body')
    release()
  })

  it('is replaced where its init says so', async () => {
    const request = new Request('http://a.test/', { method: 'POST', headers: { 'x-test': 'yes' }, body: 'of request' })
    const init = { method: 'PUT', headers: { 'x-other': '1' }, body: 'of init', dispatcher: 'of init' }
    const sent = await requestAt(elsewhere, request, init)
    expect(sent.init).toMatchObject({ method: 'PUT', body: 'of init', dispatcher: 'of init' })
    expect([...new Headers(sent.init?.headers)]).toEqual([['x-other', '1']])
    expect(request.bodyUsed).toBe(false)
    sent.release()
  })

  it.each<[string, () => BodyInit]>([
    ['a string', () => 'héllo'],
    ['an empty string', () => ''],
    ['bytes', () => pattern(5000)],
    ['a Blob', () => new Blob([pattern(300_000)], { type: 'x/y' })],
    ['URLSearchParams', () => new URLSearchParams({ a: '1' })],
    ['bytes of 1 MiB', () => pattern(mebibyte)],
  ])('has its body arrive as it does at its own URL: %s', async (_, body) => {
    const request = (): Request => new Request(server.url('/echo'), { method: 'POST', body: body() })
    const [told, expected] = [await send(request()), await platform(request())]
    expect(told).toEqual({ ...expected, path: '/echo?b=2' })
    expect(told.headers).toHaveProperty('content-length', String(told.length))
  })

  it('has its form arrive with its boundary', async () => {
    const form = new FormData()
    form.append('file', new File([pattern(10_000)], 'a.bin'))
    const told = await send(new Request(server.url('/echo'), { method: 'POST', body: form }))
    expect(told.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(told.headers).toHaveProperty('content-length', String(told.length))
  })

  it('keeps its body where init has null for it, as the platform does', async () => {
    const request = (): Request => new Request(server.url('/echo'), { method: 'POST', body: 'x' })
    expect((await platform(request(), { body: null })).length).toBe(1)
    expect((await send(request(), { body: null })).length).toBe(1)
  })

  it('is a stream where it is longer than 1 MiB, once and whole', async () => {
    const body = pattern(mebibyte + 1)
    const request = new Request(server.url('/echo'), { method: 'POST', body })
    const told = await send(request)
    const { sha256 } = Object(await platform(new Request(server.url('/echo'), { method: 'POST', body })))
    expect(told).toMatchObject({ length: mebibyte + 1, sha256, headers: { 'transfer-encoding': 'chunked' } })
    expect(request.bodyUsed).toBe(true)
  })

  it('is a stream where it is still being made, whole from its beginning on', async () => {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>()
    const writer = writable.getWriter()
    const before = server.hits()
    const first = writer.write(pattern(1000))
    const telling = send(new Request(server.url('/echo'), uploading(readable)))
    await first
    await vi.advanceTimersByTimeAsync(99)
    expect(server.hits()).toBe(before)
    await vi.advanceTimersByTimeAsync(1)
    await vi.waitUntil(() => server.hits() === before + 1, { interval: 2 })
    await writer.write(pattern(500))
    await writer.close()
    expect(await telling).toMatchObject({ length: 1500, headers: { 'transfer-encoding': 'chunked' } })
  })

  it('has a body that fails fail as it does with the platform', async () => {
    const broken = (): Request => {
      const body = new ReadableStream({ pull: () => Promise.reject(new RangeError('no more')) })
      return new Request(server.url('/echo'), uploading(body))
    }
    const expected = await reasonOf(platform(broken()))
    expect(expected).toBeInstanceOf(TypeError)
    expect(await reasonOf(send(broken()))).toEqual(expected)
  })

  it('has a body that is no bytes arrive as it does at its own URL', async () => {
    const expected = await platform(streamed('text'))
    expect(await send(streamed('text'))).toEqual({ ...expected, path: '/echo?b=2' })
  })

  it('whose body has been read already is refused', async () => {
    const request = new Request('http://a.test/', { method: 'POST', body: 'x' })
    await request.text()
    const message = 'fetch: the body of the Request has been read already'
    expect(await reasonOf(requestAt(elsewhere, request, {}))).toEqual(new TypeError(message))
  })

  it('that shows no body, as in Firefox, has it sent all the same', async () => {
    const request = new Request(server.url('/echo'), { method: 'POST', body: 'of Firefox' })
    Object.defineProperty(request, 'body', { value: undefined })
    expect(await send(request)).toMatchObject({ length: 10, headers: { 'content-type': 'text/plain;charset=UTF-8' } })
  })
})

describe('an abort', () => {
  it('before the call leaves the body alone', async () => {
    const request = new Request('http://a.test/', { method: 'POST', body: 'x', signal: AbortSignal.abort('gone') })
    expect(await reasonOf(requestAt(elsewhere, request, undefined))).toBe('gone')
    expect(request.bodyUsed).toBe(false)
  })

  it('while the body is looked at is the outcome, and the body is let go', async () => {
    vi.useFakeTimers()
    const reason = { why: 'enough' }
    const cancelled = vi.fn<(reason: unknown) => void>()
    const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: cancelled })
    const controller = new AbortController()
    const { signal } = controller
    const request = new Request('http://a.test/', uploading(body))
    const failing = reasonOf(requestAt(elsewhere, request, { signal }))
    controller.abort(reason)
    expect(await failing).toBe(reason)
    expect(cancelled).toHaveBeenCalledWith(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('by the signal of a Request that nobody keeps reaches the call', async () => {
    const controller = new AbortController()
    const aborted = vi.fn<() => void>()
    const start = (): Promise<RequestAt<RequestInit>> => {
      const request = new Request('http://a.test/', { method: 'POST', body: 'x', signal: controller.signal })
      return requestAt<RequestInit>(elsewhere, request, undefined)
    }
    const { init, release } = await start()
    init?.signal?.addEventListener('abort', aborted)
    for (let round = 0; round < 5; round += 1) {
      collectGarbage()
      await new Promise(setImmediate)
    }
    controller.abort('late')
    expect(aborted).toHaveBeenCalledOnce()
    expect(init?.signal?.reason).toBe('late')
    release()
  })

  it('finds no listener once the exchange is over', async () => {
    const controller = new AbortController()
    const add = vi.spyOn(controller.signal, 'addEventListener')
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const request = new Request('http://a.test/', { method: 'POST', body: 'x' })
    const sent = await requestAt(elsewhere, request, { signal: controller.signal })
    await scriptedFetch()(sent.input, sent.init)
    sent.release()
    expect(add.mock.calls.length).toBeGreaterThan(0)
    expect(remove.mock.calls.length).toBeGreaterThanOrEqual(1)
  })
})
