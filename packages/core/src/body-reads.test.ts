import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { watchBody } from './body-reads.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(async () => {
  await server.close()
})

expectNoUnhandledRejection()

type Bytes = Uint8Array<ArrayBuffer>

const failure = new Error('failure of the test')

function bodyOf(response: Response): ReadableStream<Bytes> {
  return response.body ?? expect.fail('there is no body')
}

/** Bytes with no pattern that a gap or a repetition could hide in. */
function randomBytes(size: number): Bytes {
  const bytes = new Uint8Array(size)
  for (let offset = 0, state = 1; offset < size; offset += 1) {
    state = (state * 48271) % 2147483647
    bytes[offset] = state
  }
  return bytes
}

/** Chunks of 1 to 20,000 bytes, the same ones every time. */
function oddChunks(bytes: Bytes): Bytes[] {
  const chunks: Bytes[] = []
  for (let offset = 0, state = 7; offset < bytes.length; ) {
    state = (state * 48271) % 2147483647
    const length = 1 + (state % 20_000)
    chunks.push(bytes.slice(offset, offset + length))
    offset += length
  }
  return chunks
}

type Kind = 'bytes' | undefined

function streamOf(chunks: Iterable<unknown>, type?: Kind): ReadableStream<Bytes> {
  const iterator = chunks[Symbol.iterator]()
  const pull = (controller: ReadableByteStreamController | ReadableStreamDefaultController): void => {
    const { done, value } = iterator.next()
    if (done) controller.close()
    else controller.enqueue(value as Bytes)
    if (done && 'byobRequest' in controller) controller.byobRequest?.respond(0)
  }
  const stream: ReadableStream =
    type === 'bytes'
      ? new ReadableStream({ type, pull }, { highWaterMark: 0 })
      : new ReadableStream({ pull }, { highWaterMark: 0 })
  return stream
}

/** What a watcher is told, as one word: w(aiting), a(rrived), o(ver). */
function watched<Watched extends Response>(response: Watched) {
  const told = { log: '', bytes: 0, errors: [] as unknown[], response }
  watchBody(response, {
    waiting: () => {
      told.log += 'w'
    },
    arrived: (bytes) => {
      told.log += 'a'
      told.bytes += bytes
    },
    over: (error) => {
      told.log += 'o'
      told.errors.push(error)
    },
  })
  return told
}

async function readAll(body: ReadableStream<Bytes>): Promise<Buffer> {
  const chunks: Bytes[] = []
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    chunks.push(value)
  }
}

describe('what a watcher is told', () => {
  it('is every chunk, a wait before each, and the end', async () => {
    const told = watched(new Response(streamOf([new Uint8Array(3), new Uint8Array(5)])))
    expect(told.log).toBe('')
    await told.response.text()
    expect(told.log).toBe('wawawao')
    expect(told.bytes).toBe(8)
    expect(told.errors).toEqual([undefined])
  })

  it('is a wait for as long as there is one', async () => {
    const gate = Promise.withResolvers<Bytes>()
    const told = watched(
      new Response(new ReadableStream({ pull: async (controller) => controller.enqueue(await gate.promise) })),
    )
    const reader = bodyOf(told.response).getReader()
    const reading = reader.read()
    await setImmediate()
    expect(told.log).toBe('w')
    gate.resolve(new Uint8Array(3))
    await reading
    expect(told.log).toBe('wa')
    await setImmediate()
    expect(told.log).toBe('wa')
    await reader.cancel()
    expect(told.log).toBe('wao')
  })

  it('is an end and nothing more when the wait is cancelled', async () => {
    const told = watched(new Response(new ReadableStream({ pull: () => new Promise(() => {}) })))
    const reader = bodyOf(told.response).getReader()
    const reading = reader.read()
    await setImmediate()
    await reader.cancel()
    expect(await reading).toEqual({ done: true, value: undefined })
    await setImmediate()
    expect(told.log).toBe('wo')
  })

  it('is the failure itself', async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(failure),
    })
    const told = watched(new Response(broken))
    await expect(told.response.text()).rejects.toBe(failure)
    expect(told.log).toBe('wo')
    expect(told.errors).toEqual([failure])
  })

  it('is the same for all that watch', async () => {
    const response = new Response(streamOf([new Uint8Array(3), new Uint8Array(5)]))
    const [first, second] = [watched(response), watched(response)]
    await response.text()
    expect(second).toEqual(first)
    expect(first.log).toBe('wawawao')
  })

  it('is the rest for one that comes late', async () => {
    const response = new Response(streamOf([new Uint8Array(3), new Uint8Array(5)]))
    watched(response)
    const reader = bodyOf(response).getReader()
    await reader.read()
    reader.releaseLock()
    const late = watched(response)
    await readAll(bodyOf(response))
    expect(late).toMatchObject({ log: 'wawao', bytes: 5 })
  })

  it('may be as little as it wants to know', async () => {
    const response = new Response('text')
    const arrived = vi.fn()
    watchBody(response, {})
    watchBody(response, { arrived })
    expect(await response.text()).toBe('text')
    expect(arrived.mock.calls).toEqual([[4], [0]])
  })

  it('is nothing of a body that somebody reads already, who is not disturbed', async () => {
    const response = new Response('text')
    const reader = bodyOf(response).getReader()
    const told = watched(response)
    expect(() => bodyOf(response).getReader()).toThrow(TypeError)
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('text')
    expect(told.log).toBe('')
  })
})

describe('the content', () => {
  const content = randomBytes(5_000_000)
  const chunks = oddChunks(content)
  const equal = (bytes: ArrayBuffer | Uint8Array): boolean => Buffer.compare(new Uint8Array(bytes), content) === 0

  const ways: Record<string, (response: Response) => Promise<ArrayBuffer | Uint8Array>> = {
    'arrayBuffer()': (response) => response.arrayBuffer(),
    'bytes()': (response) => response.bytes(),
    'blob()': async (response) => (await response.blob()).arrayBuffer(),
    'a reader': (response) => readAll(bodyOf(response)),
    'for await': async (response) => {
      const all: Bytes[] = []
      for await (const chunk of bodyOf(response)) all.push(chunk)
      return Buffer.concat(all)
    },
    'pipeThrough()': (response) => readAll(bodyOf(response).pipeThrough(new TransformStream())),
    'tee()': async (response) => {
      const [one, other] = bodyOf(response).tee()
      const [first, second] = await Promise.all([readAll(one), readAll(other)])
      return first.equals(second) ? first : expect.fail('the halves differ')
    },
    'clone()': async (response) => {
      const copy = response.clone()
      const [first, second] = await Promise.all([response.bytes(), copy.bytes()])
      return equal(second) ? first : expect.fail('the clone differs')
    },
    'Readable.fromWeb()': async (response) => {
      const all: Buffer[] = []
      const readable = Readable.fromWeb(bodyOf(response) as Parameters<typeof Readable.fromWeb>[0])
      for await (const chunk of readable) all.push(chunk)
      return Buffer.concat(all)
    },
  }

  const kinds: Kind[] = [undefined, 'bytes']
  const cases = Object.entries(ways).flatMap(([name, read]) => kinds.map((kind) => ({ name, read, kind })))

  it.each(cases)('is byte-exact and counted to the byte: $name, $kind', async ({ read, kind }) => {
    const told = watched(
      new Response(
        streamOf(
          chunks.map((chunk) => chunk.slice()),
          kind,
        ),
      ),
    )
    expect(equal(await read(told.response))).toBe(true)
    expect(told.bytes).toBe(content.length)
    expect(told.log).toMatch(/^(wa)+o$/)
  })

  it('is byte-exact by BYOB reads of odd sizes', async () => {
    const told = watched(
      new Response(
        streamOf(
          chunks.map((chunk) => chunk.slice()),
          'bytes',
        ),
      ),
    )
    const reader = bodyOf(told.response).getReader({ mode: 'byob' })
    const all: Bytes[] = []
    for (let size = 1; ; size = (size * 7) % 9973) {
      const { done, value } = await reader.read(new Uint8Array(size))
      if (done) break
      all.push(value)
    }
    expect(equal(Buffer.concat(all))).toBe(true)
    expect(told.bytes).toBe(content.length)
    expect(told.log).toMatch(/^(wa)+o$/)
  })

  it.each(['/bytes?size=5000000', '/bytes?size=5000000&chunked=1', '/gzip?size=500000', '/json?size=100000'])(
    'is that of the connection: %s',
    async (path) => {
      const expected = await (await fetch(server.url(path))).bytes()
      const told = watched(await fetch(server.url(path)))
      expect(Buffer.compare(await told.response.bytes(), expected)).toBe(0)
      expect(told.bytes).toBe(expected.length)
    },
  )

  it('comes in the chunks that the platform made', async () => {
    const sizes = [1, 70_000, 3]
    const plain = new Response(streamOf(sizes.map((size) => new Uint8Array(size))))
    watched(plain)
    const seen: number[] = []
    for await (const chunk of bodyOf(plain)) seen.push(chunk.byteLength)
    expect(seen).toEqual(sizes)
  })

  it('may be anything in a stream that is not one of bytes', async () => {
    const things = ['text', '', 0, null, undefined, { a: 1 }, new Uint8Array(0), new Uint8Array(2)]
    const told = watched(new Response(streamOf(things)))
    const seen: unknown[] = []
    for await (const thing of bodyOf(told.response)) seen.push(thing)
    expect(seen).toEqual(things)
    expect(told.bytes).toBe(2)
    expect(told.log).toBe(`${'wa'.repeat(things.length + 1)}o`)
  })

  it('is that of a form', async () => {
    const form = new FormData()
    form.append('file', new File([content.subarray(0, 5000)], 'bytes.bin', { type: 'image/x' }))
    const told = watched(new Response(form))
    const file = (await told.response.formData()).get('file')
    expect(file).toBeInstanceOf(File)
    if (file instanceof File) {
      expect([file.name, file.type]).toEqual(['bytes.bin', 'image/x'])
      expect(Buffer.compare(await file.bytes(), content.subarray(0, 5000))).toBe(0)
    }
    expect(told.log).toMatch(/^(wa)+o$/)
  })

  it('keeps the type that a blob takes from the headers', async () => {
    const { response } = watched(new Response('text', { headers: { 'content-type': 'text/x' } }))
    expect((await response.blob()).type).toBe('text/x')
  })
})

describe('the body', () => {
  it('stays unread when nobody reads', async () => {
    const pull = vi.fn()
    for (const type of [undefined, 'bytes'] as const) {
      const source = type === undefined ? { pull } : { pull, type }
      const told = watched(new Response(new ReadableStream(source as UnderlyingByteSource, { highWaterMark: 0 })))
      await setImmediate()
      expect(told.log).toBe('')
    }
    expect(pull).not.toHaveBeenCalled()
  })

  it('is read as far as it is asked for, and no further', async () => {
    const chunks = streamOf(Array.from({ length: 10 }, () => new Uint8Array(10)))
    const told = watched(new Response(chunks))
    const reader = bodyOf(told.response).getReader()
    for (let read = 1; read <= 3; read += 1) {
      await reader.read()
      await setImmediate()
      expect(told.bytes).toBe(read * 10)
    }
    await reader.cancel()
  })

  it('passes the reason of a cancel on to its source', async () => {
    const ways: ((body: ReadableStream) => Promise<unknown>)[] = [
      (body) => body.cancel(failure),
      (body) => body.getReader().cancel(failure),
      async (body) => {
        const reader = body.getReader()
        await reader.read()
        await reader.cancel(failure)
      },
    ]
    for (const way of ways) {
      const cancel = vi.fn()
      const { response } = watched(
        new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)), cancel })),
      )
      await way(bodyOf(response))
      expect(cancel).toHaveBeenCalledExactlyOnceWith(failure)
    }
  })

  it('fails to be cancelled as its source does', async () => {
    const { response, ...told } = watched(new Response(new ReadableStream({ cancel: () => Promise.reject(failure) })))
    await expect(bodyOf(response).cancel()).rejects.toBe(failure)
    expect(told.log).toBe('')
  })

  it('passes every kind of failure on as the same object', async () => {
    for (const reason of [failure, 'reason', null, { why: 'reason' }]) {
      const broken = () => new Response(new ReadableStream({ pull: (controller) => controller.error(reason) }))
      const ways: ((response: Response) => Promise<unknown>)[] = [
        (response) => response.text(),
        (response) => readAll(bodyOf(response)),
        (response) => bodyOf(response).pipeTo(new WritableStream()),
        (response) => bodyOf(response).tee()[0].getReader().read(),
        (response) => response.clone().text(),
      ]
      for (const way of ways) {
        const { response } = watched(broken())
        await expect(way(response)).rejects.toBe(reason)
      }
    }
  })

  it('shows nothing more to who lists the members', () => {
    const { response } = watched(new Response('text'))
    const plain = new Response('text')
    expect(Object.keys(response)).toEqual(Object.keys(plain))
    expect(Object.keys(bodyOf(response))).toEqual(Object.keys(bodyOf(plain)))
    expect(JSON.stringify(response)).toBe('{}')
  })
})

/** Whether the caller may read, at every step of a use; the last is how it ended. */
type Use = (response: Response, states: unknown[], note: (what?: unknown) => void) => Promise<unknown>

const outcome = async (action: () => unknown): Promise<string> => {
  try {
    const value = await action()
    return value instanceof Response ? 'Response' : String(value)
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

describe('what the caller can see', () => {
  const uses: Record<string, Use> = {
    nothing: async () => {},
    'a reader, released': async (response, _, note) => {
      const reader = bodyOf(response).getReader()
      note()
      reader.releaseLock()
      note()
      return response.text()
    },
    'a read, released, and the rest': async (response, _, note) => {
      const reader = bodyOf(response).getReader()
      await reader.read()
      note()
      reader.releaseLock()
      note(await outcome(() => response.text()))
      note(await outcome(() => response.clone()))
      return (await readAll(bodyOf(response))).toString()
    },
    'a second reader': async (response, _, note) => {
      bodyOf(response).getReader()
      note(await outcome(() => bodyOf(response).getReader()))
      note(await outcome(() => bodyOf(response).cancel()))
      note(await outcome(() => bodyOf(response).tee()))
      note(await outcome(() => bodyOf(response).pipeTo(new WritableStream())))
      note(await outcome(() => response.text()))
      note(await outcome(() => response.clone()))
      return 'done'
    },
    'text() and text()': async (response, _, note) => {
      const first = response.text()
      note(await outcome(() => response.text()))
      note(await outcome(() => first))
      return outcome(() => response.json())
    },
    'text(), and what is then left': async (response, _, note) => {
      await response.text()
      note(await outcome(() => response.clone()))
      return outcome(() => new Response(bodyOf(response)))
    },
    'cancel(), and what is then left': async (response, _, note) => {
      await bodyOf(response).cancel('enough')
      note(await outcome(() => response.text()))
      return outcome(() => readAll(bodyOf(response)))
    },
    'clone(), and both': async (response, _, note) => {
      const copy = response.clone()
      note(copy.bodyUsed || bodyOf(copy).locked)
      note(await copy.text())
      note(copy.bodyUsed)
      return response.text()
    },
    'tee()': async (response, _, note) => {
      const [half] = bodyOf(response).tee()
      note(half.locked)
      note(await outcome(() => response.text()))
      return (await readAll(half)).toString()
    },
    'new Response(body)': async (response, _, note) => {
      const other = new Response(bodyOf(response))
      note(other.bodyUsed)
      note(await other.text())
      return other.bodyUsed
    },
    'for await and break': async (response, _, note) => {
      for await (const chunk of bodyOf(response)) {
        note(chunk.byteLength)
        break
      }
      return outcome(() => response.text())
    },
    'for await, with preventCancel': async (response, _, note) => {
      for await (const _ of bodyOf(response).values({ preventCancel: true })) break
      note()
      return (await readAll(bodyOf(response))).toString()
    },
    'pipeTo()': async (response, _, note) => {
      const end = outcome(() => bodyOf(response).pipeTo(new WritableStream()))
      await setImmediate()
      note()
      return end
    },
    'a BYOB reader': (response) =>
      outcome(async () => {
        const { value } = await bodyOf(response).getReader({ mode: 'byob' }).read(new Uint8Array(3))
        return Buffer.from(value ?? []).toString()
      }),
    'a wrong kind of reader': (response) =>
      outcome(() => bodyOf(response).getReader({ mode: 'fast' as unknown as 'byob' })),
    'Response.prototype.text.call()': (response) => Response.prototype.text.call(response),
  }

  const sources: Record<string, () => Response> = {
    'a text': () => new Response('first second'),
    'a stream': () => new Response(streamOf(['first ', 'second'].map((text) => new TextEncoder().encode(text)))),
    'a byte stream': () =>
      new Response(
        streamOf(
          ['first ', 'second'].map((text) => new TextEncoder().encode(text)),
          'bytes',
        ),
      ),
    'nothing but an end': () => new Response(streamOf([])),
    'a failure': () => new Response(new ReadableStream({ pull: (controller) => controller.error(failure) })),
  }

  const cases = Object.entries(uses).flatMap(([use, run]) =>
    Object.entries(sources).map(([source, make]) => ({ use, run, source, make })),
  )

  async function statesOf(response: Response, run: Use): Promise<unknown[]> {
    const states: unknown[] = []
    const note = (what?: unknown): void => {
      states.push([what, response.bodyUsed, bodyOf(response).locked])
    }
    note()
    const end = await outcome(() => run(response, states, note))
    await setImmediate()
    note(end)
    return states
  }

  it.each(cases)('is what it would be without a watcher: $use, $source', async ({ run, make }) => {
    const expected = await statesOf(make(), run)
    expect(await statesOf(watched(make()).response, run)).toEqual(expected)
  })
})

describe('clones', () => {
  it('made before are not watched, and those made after are part of the body', async () => {
    const response = new Response(streamOf([new Uint8Array(3), new Uint8Array(5)]))
    const before = response.clone()
    const told = watched(response)
    await before.text()
    expect(told.log).toBe('')
    const after = response.clone()
    await Promise.all([after.text(), response.text()])
    expect(told).toMatchObject({ log: 'wawawao', bytes: 8 })
  })

  it('are over when all are', async () => {
    const told = watched(new Response(streamOf([new Uint8Array(3), new Uint8Array(5)])))
    const copies = [told.response.clone(), told.response.clone()]
    void bodyOf(told.response).cancel()
    void copies[0]?.body?.cancel()
    await setImmediate()
    expect(told.log).not.toContain('o')
    await copies[1]?.text()
    expect(told.log).toMatch(/o$/)
  })

  it('can be watched by themselves', async () => {
    const response = new Response('text')
    const told = watched(response)
    const copy = watched(response.clone())
    const rest = watched(response)
    expect(await Promise.all([copy.response.text(), response.text()])).toEqual(['text', 'text'])
    for (const each of [told, copy, rest]) expect(each).toMatchObject({ log: 'wawao', bytes: 4 })
  })
})

const getDefaultReader: () => ReadableStreamDefaultReader<Bytes> = ReadableStream.prototype.getReader

/**
 * A response as browsers build theirs: its methods read the native stream, and never ask for the public members of it.
 */
class BrowserResponse extends Response {
  #stream: ReadableStream<Bytes>

  constructor(source: ReadableStream<Bytes>) {
    super()
    this.#stream = source
  }

  override get body(): ReadableStream<Bytes> {
    return this.#stream
  }

  override get bodyUsed(): boolean {
    return Readable.isDisturbed(this.#stream as never)
  }

  #throwIfUnusable(): void {
    const locked: boolean = Reflect.get(ReadableStream.prototype, 'locked', this.#stream)
    if (locked || this.bodyUsed) throw new TypeError('the body is unusable')
  }

  override async text(): Promise<string> {
    this.#throwIfUnusable()
    const reader = Reflect.apply(getDefaultReader, this.#stream, [])
    const decoder = new TextDecoder()
    for (let text = ''; ; ) {
      const { done, value } = await reader.read()
      if (done) return text + decoder.decode()
      text += decoder.decode(value, { stream: true })
    }
  }

  override clone(): BrowserResponse {
    this.#throwIfUnusable()
    const [stream, other] = Reflect.apply(ReadableStream.prototype.tee, this.#stream, [])
    this.#stream = stream
    return new BrowserResponse(other)
  }
}

describe('in a browser', () => {
  const browserResponse = () =>
    new BrowserResponse(
      streamOf(
        ['first ', 'second'].map((text) => new TextEncoder().encode(text)),
        'bytes',
      ),
    )

  it('sees text(), a reader and cancel()', async () => {
    const texts = watched(browserResponse())
    expect(await texts.response.text()).toBe('first second')
    expect(texts).toMatchObject({ log: 'wawawao', bytes: 12 })
    const read = watched(browserResponse())
    expect((await readAll(read.response.body)).toString()).toBe('first second')
    expect(read).toMatchObject({ log: 'wawawao', bytes: 12 })
    const cancelled = watched(browserResponse())
    await cancelled.response.body.cancel()
    expect(cancelled).toMatchObject({ log: 'o', bytes: 0 })
  })

  it('refuses what the platform would refuse', async () => {
    const { response } = watched(browserResponse())
    const reader = response.body.getReader()
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    reader.releaseLock()
    const first = response.text()
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    expect(await first).toBe('first second')
    await expect(response.text()).rejects.toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
  })

  it('watches all clones, counts what comes once, and waits for the last of them', async () => {
    const told = watched(browserResponse())
    const copy = told.response.clone()
    const third = copy.clone()
    expect(await told.response.text()).toBe('first second')
    expect(await third.text()).toBe('first second')
    expect(told.bytes).toBe(12)
    expect(told.log).not.toContain('o')
    expect(await copy.text()).toBe('first second')
    expect(told.bytes).toBe(12)
    expect(told.log).toBe('wawawao')
  })

  it('is over when one clone is cancelled and the other is read', async () => {
    const told = watched(browserResponse())
    const copy = told.response.clone()
    void told.response.body.cancel()
    await setImmediate()
    expect(told.log).toBe('')
    expect(await copy.text()).toBe('first second')
    expect(told.log).toBe('wawawao')
  })

  it('gives the halves of tee() what they would have without a watcher', async () => {
    const told = watched(browserResponse())
    const halves = told.response.body.tee()
    const texts = await Promise.all(halves.map((half) => readAll(half)))
    expect(texts.map(String)).toEqual(['first second', 'first second'])
    expect(told).toMatchObject({ log: 'wawawao', bytes: 12 })
  })

  it('misses what does not ask the object, which works all the same', async () => {
    const told = watched(browserResponse())
    expect(await BrowserResponse.prototype.text.call(told.response)).toBe('first second')
    expect(told.response.bodyUsed).toBe(true)
    expect(told.log).toBe('')
  })
})

it('tells a watcher that comes late of the wait that is under way', async () => {
  const response = new Response(new ReadableStream({ pull: () => new Promise(() => {}), type: 'bytes' }))
  watchBody(response, {})
  void response.clone().arrayBuffer()
  await setImmediate()
  let told = 0
  watchBody(response, { waiting: () => (told += 1) })
  void response.arrayBuffer()
  await setImmediate()
  expect(told).toBe(1)
})
