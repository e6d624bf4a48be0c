import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { FetchInit, FetchInput } from './fetch.ts'
import { prepareReplay, replayMaxBytes } from './replay.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(async () => {
  await server.close()
})

expectNoUnhandledRejection()

interface Received {
  method: string
  headers: Record<string, string>
  length: number
  sha256: string
}

async function send(input: FetchInput, init?: FetchInit): Promise<Received> {
  const response = await fetch(input, init)
  expect(response.status).toBe(200)
  return response.json()
}

function sha256(...bytes: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of bytes) hash.update(part)
  return hash.digest('hex')
}

function post(body: BodyInit, init?: FetchInit): Request {
  return new Request(server.url('/echo'), { method: 'POST', body, duplex: 'half', ...init } as RequestInit)
}

/** Bytes in chunks of odd sizes, with no pattern that a gap or a repetition could hide in. */
function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let offset = 0, state = 1; offset < size; offset += 1) {
    state = (state * 48271) % 2147483647
    bytes[offset] = state
  }
  return bytes
}

function streamOf(bytes: Uint8Array<ArrayBuffer>, chunkSize = 4099): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(offset, offset + chunkSize))
      offset += chunkSize
    },
  })
}

/** Sends it twice, as a retry does, and gives what arrived; the second is undefined where there is no second time. */
async function sendTwice(input: FetchInput, init?: FetchInit, maxBytes?: number): Promise<(Received | undefined)[]> {
  const replay = prepareReplay(input, init, maxBytes)
  const first = await send(input, init)
  const again = await replay.again()
  const second = again && (await send(input, again.init))
  replay.release()
  return [first, second]
}

describe('a body in init', () => {
  const bytes = randomBytes(10_000)
  const form = (): FormData => {
    const data = new FormData()
    data.append('file', new File([bytes], 'bytes.bin'))
    data.append('name', 'value')
    return data
  }

  it.each<[string, () => BodyInit, string | undefined]>([
    ['a string', () => 'téxt', sha256('téxt')],
    ['an empty string', () => '', sha256('')],
    ['a Uint8Array', () => bytes, sha256(bytes)],
    ['a part of an ArrayBuffer', () => bytes.subarray(10, 20), sha256(bytes.subarray(10, 20))],
    ['a DataView', () => new DataView(bytes.buffer), sha256(bytes)],
    ['an ArrayBuffer', () => bytes.buffer, sha256(bytes)],
    ['a Blob', () => new Blob([bytes], { type: 'image/x' }), sha256(bytes)],
    ['a File', () => new File([bytes], 'name'), sha256(bytes)],
    ['URLSearchParams', () => new URLSearchParams({ a: '1' }), sha256('a=1')],
    ['FormData', form, undefined],
  ])('is sent again as it is: %s', async (_, body, hash) => {
    const init = { method: 'POST', body: body() }
    const [first, second] = await sendTwice(server.url('/echo'), init)
    expect(second?.length).toBe(first?.length)
    if (hash === undefined) expect(second?.length).toBeGreaterThan(10_000)
    else expect([first?.sha256, second?.sha256]).toEqual([hash, hash])
    const type = (received: Received | undefined) => received?.headers['content-type']?.replace(/boundary=.*/, '')
    expect(type(second)).toBe(type(first))
    expect((await prepareReplay(server.url('/echo'), init).again())?.init).toBe(init)
  })

  it('is sent again where a Request is given beside it, whose own body nobody touches', async () => {
    const request = post('of the request')
    const [first, second] = await sendTwice(request, { body: 'of the init' })
    expect([first?.sha256, second?.sha256]).toEqual([sha256('of the init'), sha256('of the init')])
  })

  it('is sent once when it can be read only once', async () => {
    async function* generate() {
      yield bytes
    }
    const bodies: unknown[] = [streamOf(bytes), generate(), iterable(), new Response('text').body]
    for (const body of bodies) {
      const init = { method: 'POST', body: body as BodyInit, duplex: 'half' }
      expect(await prepareReplay(server.url('/echo'), init).again()).toBeUndefined()
    }
    const init = { method: 'POST', body: streamOf(bytes), duplex: 'half' }
    expect((await send(server.url('/echo'), init)).sha256).toBe(sha256(bytes))
  })

  it('is nothing to keep where there is none', async () => {
    for (const init of [undefined, {}, { body: null }, { method: 'DELETE' }]) {
      expect(await prepareReplay(server.url('/echo'), init).again()).toEqual({ init })
    }
  })
})

/** An async iterable that is no stream and says so. */
function iterable(): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => streamOf(new Uint8Array(5)).values() }
}

describe('the body of a Request', () => {
  const bytes = randomBytes(100_000)

  it.each<[string, () => Request, string]>([
    ['a string', () => post('téxt'), sha256('téxt')],
    ['an empty string', () => post(''), sha256('')],
    ['bytes', () => post(bytes), sha256(bytes)],
    ['a Blob with a type', () => post(new Blob([bytes], { type: 'image/x' })), sha256(bytes)],
    ['URLSearchParams', () => post(new URLSearchParams({ a: '1' })), sha256('a=1')],
    ['a stream', () => post(streamOf(bytes)), sha256(bytes)],
    ['headers of its own', () => post('<x/>', { headers: { 'content-type': 'application/xml' } }), sha256('<x/>')],
  ])('is sent again byte by byte, under the same Content-Type: %s', async (_, make, hash) => {
    const [first, second] = await sendTwice(make())
    expect([first?.sha256, second?.sha256]).toEqual([hash, hash])
    expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
    expect(second?.method).toBe('POST')
  })

  it('is sent again with the very boundary of its FormData', async () => {
    const data = new FormData()
    data.append('file', new Blob([bytes]))
    const [first, second] = await sendTwice(post(data))
    expect(second?.sha256).toBe(first?.sha256)
    expect(second?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
  })

  it('keeps its Content-Length the first time, and has one the second time', async () => {
    const [first, second] = await sendTwice(post(bytes))
    expect([first?.headers['content-length'], second?.headers['content-length']]).toEqual(['100000', '100000'])
  })

  it('is sent again with what the init changes', async () => {
    const init = { method: 'PUT', headers: { 'x-mine': '1' } }
    const [first, second] = await sendTwice(post('text'), init)
    for (const received of [first, second]) {
      expect(received).toMatchObject({ method: 'PUT', sha256: sha256('text'), headers: { 'x-mine': '1' } })
      expect(received?.headers).not.toHaveProperty('content-type')
    }
    expect(init).toEqual({ method: 'PUT', headers: { 'x-mine': '1' } })
  })

  it('is sent as often as one likes', async () => {
    const request = post(bytes)
    const replay = prepareReplay(request, undefined)
    await send(request)
    for (let time = 0; time < 3; time += 1) {
      expect((await send(request, (await replay.again())?.init)).sha256).toBe(sha256(bytes))
    }
    replay.release()
  })

  it('is the body that goes on where init.body is null', async () => {
    const [first, second] = await sendTwice(post('text'), { body: null })
    expect([first?.sha256, second?.sha256]).toEqual([sha256('text'), sha256('text')])
  })

  it('may have exactly as many bytes as are kept', async () => {
    const [, second] = await sendTwice(post(bytes), undefined, bytes.length)
    expect(second?.sha256).toBe(sha256(bytes))
  })

  it.each([
    ['in one piece', () => post(bytes), '100000'],
    ['as a stream', () => post(streamOf(bytes)), undefined],
  ])('is sent once, in full and with its Content-Length, when it is longer (%s)', async (_, make, length) => {
    const [first, second] = await sendTwice(make(), undefined, bytes.length - 1)
    expect(first?.sha256).toBe(sha256(bytes))
    expect(first?.headers['content-length']).toBe(length)
    expect(second).toBeUndefined()
  })

  it('is kept up to 1 MiB unless told otherwise', async () => {
    const large = randomBytes(replayMaxBytes + 1)
    expect(replayMaxBytes).toBe(1_048_576)
    const [, again] = await sendTwice(post(large.subarray(1)))
    expect(again?.sha256).toBe(sha256(large.subarray(1)))
    const [first, none] = await sendTwice(post(large))
    expect(first?.sha256).toBe(sha256(large))
    expect(none).toBeUndefined()
  })

  it('is not read further than is kept', async () => {
    const pull = vi.fn((controller: ReadableStreamDefaultController) => controller.enqueue(new Uint8Array(1000)))
    const cancel = vi.fn()
    const request = post(new ReadableStream({ pull, cancel }))
    const replay = prepareReplay(request, undefined, 10_000)
    expect(await replay.again()).toBeUndefined()
    expect(pull.mock.calls.length).toBeLessThan(20)
    await request.body?.cancel('gone')
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('is sent once when it was read before, and the platform says so', async () => {
    const request = post('text')
    await request.text()
    expect(await prepareReplay(request, undefined).again()).toBeUndefined()
    await expect(fetch(request)).rejects.toThrow(TypeError)
  })

  it('is sent once when somebody reads it, and the platform says so', async () => {
    const request = post('text')
    request.body?.getReader()
    expect(await prepareReplay(request, undefined).again()).toBeUndefined()
    await expect(fetch(request)).rejects.toThrow(TypeError)
  })

  it('is sent once when it is not made of bytes', async () => {
    const text = new ReadableStream({
      start(controller) {
        controller.enqueue('text')
        controller.close()
      },
    })
    const [first, second] = await sendTwice(post(text))
    expect(first?.sha256).toBe(sha256('text'))
    expect(second).toBeUndefined()
  })

  it('is sent once when it fails, and the call is the one to tell', async () => {
    const failure = new Error('disk')
    const request = post(new ReadableStream({ pull: (controller) => controller.error(failure) }))
    const replay = prepareReplay(request, undefined)
    await expect(fetch(request)).rejects.toSatisfy((error) => error === failure || error.cause === failure)
    expect(await replay.again()).toBeUndefined()
  })

  it('is not sent again after release, least of all in part', async () => {
    const { source, finish } = slowStream()
    const replay = prepareReplay(post(source), undefined)
    const waiting = replay.again()
    replay.release()
    expect(await waiting).toBeUndefined()
    expect(await replay.again()).toBeUndefined()
    finish()
    const whole = prepareReplay(post('text'), undefined)
    expect(await whole.again()).toBeDefined()
    whole.release()
    expect(await whole.again()).toBeUndefined()
  })

  it('is none in a GET, which can be made again as it is', async () => {
    const request = new Request(server.url('/echo'))
    const [first, second] = await sendTwice(request)
    expect([first?.length, second?.length]).toEqual([0, 0])
    expect(await prepareReplay(request, undefined).again()).toEqual({ init: undefined })
  })

  it('is sent again where the platform does not show it as a stream', async () => {
    class FirefoxRequest extends Request {
      override get body(): never {
        return undefined as never
      }

      override clone(): Request {
        return new FirefoxRequest(super.clone())
      }
    }
    const url = server.url('/echo')
    const large = new FirefoxRequest(url, { method: 'POST', body: bytes })
    expect(await prepareReplay(large, undefined, 99_999).again()).toBeUndefined()
    const request = new FirefoxRequest(url, { method: 'POST', body: new Blob([bytes], { type: 'image/x' }) })
    const again = await prepareReplay(request, { headers: {} }).again()
    const received = await send(url, { method: 'POST', ...again?.init })
    expect(received.sha256).toBe(sha256(bytes))
    expect(received.headers).not.toHaveProperty('content-type')
    const get = new FirefoxRequest(url)
    expect(await prepareReplay(get, undefined).again()).toEqual({ init: undefined })
  })
})

/** A body of which the first half is there and the second comes when it is told to. */
function slowStream() {
  const gate = Promise.withResolvers<void>()
  const [first, second] = [randomBytes(5000), randomBytes(7000)]
  const source = new ReadableStream({
    async start(controller) {
      controller.enqueue(first.slice())
      await gate.promise
      controller.enqueue(second.slice())
      controller.close()
    },
  })
  return { source, finish: gate.resolve, hash: sha256(first, second) }
}

describe('a body that is still being made', () => {
  it('is waited for, and sent in full', async () => {
    const { source, finish, hash } = slowStream()
    const request = post(source)
    const replay = prepareReplay(request, undefined)
    const attempt = new AbortController()
    const first = fetch(request, { signal: attempt.signal })
    attempt.abort('too slow')
    await expect(first).rejects.toBe('too slow')
    const again = replay.again()
    const soon = await Promise.race([again, setImmediate('not yet')])
    expect(soon).toBe('not yet')
    finish()
    expect((await send(request, (await again)?.init)).sha256).toBe(hash)
  })

  it("ends the wait with the signal's own reason", async () => {
    const { source, finish } = slowStream()
    const replay = prepareReplay(post(source), undefined)
    for (const reason of [new Error('enough'), 'enough', null]) {
      const call = new AbortController()
      const again = replay.again(call.signal)
      call.abort(reason)
      await expect(again).rejects.toBe(reason)
    }
    await expect(replay.again(AbortSignal.abort('before'))).rejects.toBe('before')
    replay.release()
    finish()
  })

  it('is given up when nobody wants it any more', async () => {
    const cancel = vi.fn()
    const request = post(new ReadableStream({ pull: () => new Promise(() => {}), cancel }))
    const replay = prepareReplay(request, undefined)
    replay.release()
    expect(cancel).not.toHaveBeenCalled()
    await request.body?.cancel()
    expect(cancel).toHaveBeenCalledOnce()
  })
})
