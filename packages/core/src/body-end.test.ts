import stream, { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { onBodyEnd } from './body-end.ts'
import { watchBody } from './body-reads.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(async () => {
  await server.close()
})

expectNoUnhandledRejection()

afterEach(() => {
  vi.restoreAllMocks()
})

const size = 200_000
const chunked = `/bytes?size=${size}&chunked=1`
const failure = new Error('failure of the test')

interface Way {
  readonly name: string
  readonly path?: string
  readonly signal?: AbortSignal
  /** Consumes the response, in whatever way; it may resolve before the body is over. */
  consume(response: Response): Promise<unknown>
}

function bodyOf(response: Response): ReadableStream<Uint8Array<ArrayBuffer>> {
  return response.body ?? expect.fail('there is no body')
}

async function readAll(body: ReadableStream<Uint8Array>): Promise<number> {
  const reader = body.getReader()
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return bytes
    bytes += value.byteLength
  }
}

async function isRejected(outcome: Promise<unknown>): Promise<void> {
  await expect(outcome).rejects.toBeDefined()
}

const sink = () => new WritableStream()

const whole: Way[] = [
  { name: 'text()', consume: (response) => response.text() },
  { name: 'json()', path: '/json?size=100000', consume: (response) => response.json() },
  { name: 'json() of what is none', consume: (response) => isRejected(response.json()) },
  { name: 'arrayBuffer()', consume: (response) => response.arrayBuffer() },
  { name: 'bytes()', consume: (response) => response.bytes() },
  { name: 'blob()', consume: (response) => response.blob() },
  {
    name: 'formData()',
    path: '/status/200?body=5000&content-type=application/x-www-form-urlencoded',
    consume: (response) => response.formData(),
  },
  { name: 'formData() of what is none', consume: (response) => isRejected(response.formData()) },
  { name: 'text() of a compressed body', path: '/gzip?size=100000', consume: (response) => response.text() },
  { name: 'text() of an empty body', path: '/status/200?body=0', consume: (response) => response.text() },
  { name: 'a reader', consume: (response) => readAll(bodyOf(response)) },
  {
    name: 'a reader that is released half-way, and another',
    consume: async (response) => {
      const reader = bodyOf(response).getReader()
      await reader.read()
      reader.releaseLock()
      await readAll(bodyOf(response))
    },
  },
  {
    name: 'a BYOB reader',
    consume: async (response) => {
      const reader = bodyOf(response).getReader({ mode: 'byob' })
      let view = new Uint8Array(1000)
      for (;;) {
        const { done, value } = await reader.read(view)
        if (done) return
        view = new Uint8Array(value.buffer)
      }
    },
  },
  {
    name: 'for await',
    consume: async (response) => {
      for await (const chunk of bodyOf(response)) expect(chunk.byteLength).toBeGreaterThan(0)
    },
  },
  {
    name: 'for await with preventCancel and break, and the rest',
    consume: async (response) => {
      for await (const _ of bodyOf(response).values({ preventCancel: true })) break
      await readAll(bodyOf(response))
    },
  },
  { name: 'tee(), both read', consume: (response) => Promise.all(bodyOf(response).tee().map(readAll)) },
  {
    name: 'tee(), one cancelled and one read',
    consume: async (response) => {
      const [one, other] = bodyOf(response).tee()
      void one.cancel()
      await readAll(other)
    },
  },
  {
    name: 'clone(), both read',
    consume: (response) => {
      const copy = response.clone()
      return Promise.all([response.text(), copy.text()])
    },
  },
  {
    name: 'clone(), the clone read and the original cancelled',
    consume: async (response) => {
      const copy = response.clone()
      void bodyOf(response).cancel()
      await copy.text()
    },
  },
  {
    name: 'clone() of a clone, all read',
    consume: (response) => {
      const copy = response.clone()
      const copies = [copy, copy.clone(), response.clone(), response]
      return Promise.all(copies.map((each) => each.text()))
    },
  },
  { name: 'pipeTo()', consume: (response) => bodyOf(response).pipeTo(sink()) },
  {
    name: 'pipeThrough()',
    consume: (response) => bodyOf(response).pipeThrough(new TextDecoderStream('latin1')).pipeTo(sink()),
  },
  { name: 'Response.prototype.text.call()', consume: (response) => Response.prototype.text.call(response) },
  { name: 'new Response(body)', consume: (response) => new Response(bodyOf(response)).text() },
  {
    name: 'new Request(body)',
    consume: (response) => {
      const init = { method: 'POST', body: bodyOf(response), duplex: 'half' }
      return new Request('http://other.test', init).text()
    },
  },
  {
    name: "the body of another request's upload",
    consume: async (response) => {
      const init = { method: 'POST', body: bodyOf(response), duplex: 'half' }
      const echo = await fetch(server.url('/echo'), init)
      expect(await echo.json()).toMatchObject({ length: size })
    },
  },
  {
    name: 'the body of a Request that is uploaded',
    consume: async (response) => {
      const init = { method: 'POST', body: bodyOf(response), duplex: 'half' }
      const echo = await fetch(new Request(server.url('/echo'), init))
      expect(await echo.json()).toMatchObject({ length: size })
    },
  },
  { name: 'node:stream/consumers', consume: (response) => buffer(bodyOf(response)) },
  {
    name: 'Readable.fromWeb()',
    consume: async (response) => {
      for await (const _ of Readable.fromWeb(bodyOf(response) as Parameters<typeof Readable.fromWeb>[0]));
    },
  },
]

const partly: Way[] = [
  { name: 'cancel()', consume: (response) => bodyOf(response).cancel('enough') },
  { name: 'cancel() of a reader', consume: (response) => bodyOf(response).getReader().cancel('enough') },
  {
    name: 'cancel() of a reader half-way',
    path: '/endless?every=0',
    consume: async (response) => {
      const reader = bodyOf(response).getReader()
      await reader.read()
      await reader.cancel('enough')
    },
  },
  {
    name: 'cancel() of a reader that waits',
    path: '/stall?after=0',
    consume: async (response) => {
      const reader = bodyOf(response).getReader()
      const reading = reader.read()
      await reader.cancel('enough')
      expect((await reading).done).toBe(true)
    },
  },
  {
    name: 'cancel() of a released reader half-way',
    path: '/endless?every=0',
    consume: async (response) => {
      const reader = bodyOf(response).getReader()
      await reader.read()
      reader.releaseLock()
      await bodyOf(response).cancel('enough')
    },
  },
  {
    name: 'cancel() of a BYOB reader half-way',
    path: '/endless?every=0',
    consume: async (response) => {
      const reader = bodyOf(response).getReader({ mode: 'byob' })
      await reader.read(new Uint8Array(10))
      await reader.cancel('enough')
    },
  },
  {
    name: 'for await and break',
    path: '/endless?every=0',
    consume: async (response) => {
      for await (const _ of bodyOf(response)) break
    },
  },
  {
    name: 'for await and throw',
    path: '/endless?every=0',
    consume: async (response) => {
      const loop = async () => {
        for await (const _ of bodyOf(response)) throw failure
      }
      await expect(loop()).rejects.toBe(failure)
    },
  },
  {
    name: 'tee(), both cancelled',
    path: '/endless?every=0',
    consume: (response) =>
      Promise.all(
        bodyOf(response)
          .tee()
          .map((half) => half.cancel('enough')),
      ),
  },
  {
    name: 'clone(), both cancelled',
    path: '/endless?every=0',
    consume: (response) => {
      const copy = response.clone()
      return Promise.all([bodyOf(response).cancel('enough'), bodyOf(copy).cancel('enough')])
    },
  },
  {
    name: 'pipeTo() a sink that fails',
    path: '/endless?every=0',
    consume: (response) => {
      const failing = new WritableStream({ write: () => Promise.reject(failure) })
      return expect(bodyOf(response).pipeTo(failing)).rejects.toBe(failure)
    },
  },
  {
    name: 'pipeTo() that is aborted',
    path: '/endless',
    consume: (response) => {
      const controller = new AbortController()
      const piping = bodyOf(response).pipeTo(sink(), { signal: controller.signal })
      controller.abort(failure)
      return expect(piping).rejects.toBe(failure)
    },
  },
  {
    name: 'pipeThrough() and cancel()',
    path: '/endless?every=0',
    consume: (response) => bodyOf(response).pipeThrough(new TextDecoderStream('latin1')).cancel('enough'),
  },
  {
    name: 'Readable.fromWeb() that is destroyed',
    path: '/endless?every=0',
    consume: async (response) => {
      const readable = Readable.fromWeb(bodyOf(response) as Parameters<typeof Readable.fromWeb>[0])
      readable.on('error', () => {})
      readable.read()
      readable.destroy()
    },
  },
]

const failed: Way[] = [
  { name: 'the server resets', path: '/reset?at=body', consume: (response) => isRejected(response.text()) },
  { name: 'the server closes', path: '/close?at=body', consume: (response) => isRejected(readAll(bodyOf(response))) },
  { name: 'the body is not what it says', path: '/bad-gzip', consume: (response) => isRejected(response.text()) },
  {
    name: 'the server resets, for all clones',
    path: '/reset?at=body',
    consume: (response) => {
      const copy = response.clone()
      return Promise.all([isRejected(response.text()), isRejected(copy.text())])
    },
  },
]

/** What ends a body while nobody reads it. */
const unread: Way[] = [
  { name: 'the server resets', path: '/reset?at=body', consume: async () => {} },
  { name: 'the server closes', path: '/truncate', consume: async () => {} },
]

const fetchFor = ({ path = chunked }: Way): Promise<Response> => fetch(server.url(path))

interface Observer {
  readonly name: string
  observe(response: Response, over: (error?: unknown) => void): void
}

/** As in a browser: a copy of the module that finds no `node:stream`. */
async function importWithoutNodeStream(): Promise<typeof import('./body-end.ts')> {
  const found = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  vi.resetModules()
  try {
    return await import('./body-end.ts')
  } finally {
    found.mockRestore()
  }
}

const { onBodyEnd: onBodyEndWithoutNodeStream } = await importWithoutNodeStream()

const observers: Observer[] = [
  { name: 'onBodyEnd', observe: onBodyEnd },
  { name: 'onBodyEnd without node:stream', observe: onBodyEndWithoutNodeStream },
  { name: 'watchBody', observe: (response, over) => watchBody(response, { over }) },
  {
    name: 'onBodyEnd of a body that is watched',
    observe: (response, over) => {
      watchBody(response, {})
      onBodyEnd(response, over)
    },
  },
]

async function expectOver(over: ReturnType<typeof vi.fn>): Promise<void> {
  await vi.waitFor(() => expect(over).toHaveBeenCalled(), { timeout: 10_000, interval: 2 })
  await setImmediate()
  expect(over).toHaveBeenCalledOnce()
}

describe.each(observers)('$name', ({ observe }) => {
  it.each(whole)('tells when it is read by $name', async (way) => {
    const response = await fetchFor(way)
    const over = vi.fn()
    observe(response, over)
    await way.consume(response)
    await expectOver(over)
    expect(over.mock.calls[0]?.[0] ?? undefined).toBeUndefined()
  })

  it.each(partly)('tells when it is given up by $name', async (way) => {
    const response = await fetchFor(way)
    const over = vi.fn()
    observe(response, over)
    await way.consume(response)
    await expectOver(over)
    expect(over.mock.calls[0]?.[0] ?? undefined).toBeUndefined()
  })

  it.each(failed)('tells when it fails because $name', async (way) => {
    const response = await fetchFor(way)
    const over = vi.fn()
    observe(response, over)
    await way.consume(response)
    await expectOver(over)
    expect(over.mock.calls[0]?.[0]).toBeInstanceOf(TypeError)
  })

  it.each([['an error', failure] as const, ['a string', 'enough'] as const])(
    'tells with what reason it was aborted while it was read: %s',
    async (_, reason) => {
      const controller = new AbortController()
      const response = await fetch(server.url('/stall'), { signal: controller.signal })
      const over = vi.fn()
      observe(response, over)
      const reading = response.text()
      controller.abort(reason)
      await expect(reading).rejects.toBe(reason)
      await expectOver(over)
      expect(over).toHaveBeenCalledWith(reason)
    },
  )

  it('says nothing while it is only looked at, or read half-way', async () => {
    const response = await fetch(server.url(chunked))
    const over = vi.fn()
    observe(response, over)
    expect([response.bodyUsed, bodyOf(response).locked, response.headers.get('content-type')]).toEqual([
      false,
      false,
      'application/octet-stream',
    ])
    const reader = bodyOf(response).getReader()
    await reader.read()
    await setImmediate()
    expect(over).not.toHaveBeenCalled()
    await reader.cancel()
    await expectOver(over)
  })

  it('waits for every clone', async () => {
    const response = await fetch(server.url('/endless?every=0'))
    const over = vi.fn()
    observe(response, over)
    const copy = response.clone()
    void bodyOf(response).cancel()
    const reader = bodyOf(copy).getReader()
    for (let chunk = 0; chunk < 100; chunk += 1) await reader.read()
    expect(over).not.toHaveBeenCalled()
    await reader.cancel()
    await expectOver(over)
  })

  it('tells all that ask, in order', async () => {
    const response = await fetch(server.url(chunked))
    const calls: string[] = []
    for (const name of ['first', 'second', 'third']) observe(response, () => calls.push(name))
    await response.text()
    await vi.waitFor(() => expect(calls).toEqual(['first', 'second', 'third']))
  })

  it('neither locks nor disturbs the body, and response and body stay the objects that they were', async () => {
    const response = await fetch(server.url(chunked))
    const { body } = response
    observe(response, () => {})
    expect(response).toBeInstanceOf(Response)
    expect(response.body).toBe(body)
    expect(body?.locked).toBe(false)
    expect(response.bodyUsed).toBe(false)
    expect(Readable.isDisturbed(bodyOf(response) as never)).toBe(false)
    expect([response.url, response.type, response.redirected, response.status]).toEqual([
      server.url(chunked),
      'basic',
      false,
      200,
    ])
    expect((await response.arrayBuffer()).byteLength).toBe(size)
    expect(response.bodyUsed).toBe(true)
  })
})

describe('onBodyEnd', () => {
  it.each<[string, RequestInit]>([
    ['/status/204', {}],
    ['/status/304', {}],
    ['/bytes', { method: 'HEAD' }],
  ])('calls back at once where there is no body (%s %j)', async (path, init) => {
    const response = await fetch(server.url(path), init)
    expect(response.body).toBeNull()
    const over = vi.fn()
    onBodyEnd(response, over)
    expect(over).toHaveBeenCalledExactlyOnceWith(undefined)
  })

  it('calls back at once where there is no body, in a response without a connection', () => {
    const over = vi.fn()
    for (const response of [new Response(null), Response.error(), { status: 200 } as Response]) {
      onBodyEnd(response, over)
      watchBody(response, { over })
    }
    expect(over).toHaveBeenCalledTimes(3)
  })

  it('calls back at once when the body was over before it was asked', async () => {
    const [read, failing] = [new Response('text'), await fetch(server.url('/reset?at=body'))]
    const first = vi.fn()
    for (const response of [read, failing]) onBodyEnd(response, first)
    await Promise.allSettled([read.text(), failing.text()])
    await vi.waitFor(() => expect(first).toHaveBeenCalledTimes(2))
    const late = vi.fn()
    onBodyEnd(read, late)
    expect(late).toHaveBeenLastCalledWith(undefined)
    onBodyEnd(failing, late)
    expect(late.mock.lastCall?.[0]).toBeInstanceOf(TypeError)
  })

  it('tells of a body that nobody had asked about before it was over', async () => {
    const response = new Response('text')
    await response.text()
    const over = vi.fn()
    onBodyEnd(response, over)
    await expectOver(over)
  })

  it.each(unread)('tells when $name while nobody reads', async (way) => {
    const response = await fetchFor(way)
    const over = vi.fn()
    onBodyEnd(response, over)
    await expectOver(over)
    expect(over.mock.calls[0]?.[0]).toBeInstanceOf(TypeError)
    await isRejected(response.text())
  })

  it('tells of an abort while nobody reads, with its reason', async () => {
    const controller = new AbortController()
    const response = await fetch(server.url('/stall'), { signal: controller.signal })
    const over = vi.fn()
    onBodyEnd(response, over)
    controller.abort(failure)
    await expectOver(over)
    expect(over).toHaveBeenCalledWith(failure)
  })

  it('tells of a body that was handed to another thread', async () => {
    const response = await fetch(server.url(chunked))
    const over = vi.fn()
    onBodyEnd(response, over)
    const body = bodyOf(response)
    expect(await readAll(structuredClone(body, { transfer: [body] }))).toBe(size)
    await expectOver(over)
  })

  it('looks at a body once, however many ask', async () => {
    const finished = vi.spyOn(stream, 'finished')
    const response = new Response('text')
    for (let layer = 0; layer < 10; layer += 1) onBodyEnd(response, () => {})
    expect(finished).toHaveBeenCalledOnce()
  })

  it('calls a callback as often as it was given', async () => {
    const response = new Response('text')
    const over = vi.fn()
    onBodyEnd(response, over)
    onBodyEnd(response, over)
    await response.text()
    await vi.waitFor(() => expect(over).toHaveBeenCalledTimes(2))
  })

  it('watches the reads of a body that node:stream does not know', async () => {
    vi.spyOn(stream, 'finished').mockImplementation(() => {
      throw new TypeError('The "stream" argument must be an instance of Stream')
    })
    const response = new Response('text')
    const over = vi.fn()
    onBodyEnd(response, over)
    await response.text()
    await expectOver(over)
  })
})

/** The response of another fetch, such as node-fetch, or of a test double. */
const foreign = (body: unknown): Response => ({ status: 200, body }) as Response

describe('onBodyEnd of a body that is no web stream', () => {
  it.each([
    ['a string', 'text'],
    ['bytes', new Uint8Array(3)],
    ['an object', {}],
    ['a function', () => {}],
  ])('calls back at once where it is %s', (_, body) => {
    const over = vi.fn()
    for (let layer = 0; layer < 2; layer += 1) onBodyEnd(foreign(body), over)
    expect(over).toHaveBeenCalledTimes(2)
    expect(over).toHaveBeenCalledWith(undefined)
  })

  it("tells of the end of Node's, whose writing side does not count", async () => {
    const open = (): void => {}
    const halfOpen = new stream.Duplex({ read: () => void halfOpen.push(null), write: open })
    for (const body of [Readable.from(['a', 'b']), Readable.from(['a']).pipe(new stream.PassThrough()), halfOpen]) {
      const over = vi.fn()
      onBodyEnd(foreign(body), over)
      await setImmediate()
      expect(over).not.toHaveBeenCalled()
      await buffer(body)
      await expectOver(over)
      expect(over).toHaveBeenCalledWith(undefined)
    }
  })

  it("tells what Node's has failed with, and nothing where it was destroyed by whoever read it", async () => {
    for (const error of [failure, undefined]) {
      const body = new Readable({ read: () => {} })
      const over = vi.fn()
      onBodyEnd(foreign(body), over)
      body.destroy(error)
      await expectOver(over)
      expect(over).toHaveBeenCalledWith(error)
    }
  })

  it('watches nothing of it, and leaves it as it is', async () => {
    const body = Readable.from(['a', 'b'])
    const watcher = { waiting: vi.fn(), arrived: vi.fn(), over: vi.fn() }
    watchBody(foreign(body), watcher)
    expect(await body.toArray()).toEqual(['a', 'b'])
    for (const told of Object.values(watcher)) expect(told).not.toHaveBeenCalled()
  })

  it('calls back at once without node:stream', () => {
    const over = vi.fn()
    onBodyEndWithoutNodeStream(foreign(Readable.from(['a'])), over)
    expect(over).toHaveBeenCalledOnce()
  })
})

/** Known, and stated at `watchBody`: without node:stream a body is seen to end when it is read, cancelled or collected. */
describe('onBodyEnd without node:stream misses', () => {
  /** By the other way to see it, which is not what is tested here. */
  async function untilOver(response: Response): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    stream.finished(bodyOf(response) as never, () => resolve())
    await promise
    await setImmediate()
  }

  it.each(unread)('that $name while nobody reads, until somebody does', async (way) => {
    const response = await fetchFor(way)
    const over = vi.fn()
    onBodyEndWithoutNodeStream(response, over)
    await untilOver(response)
    expect(over).not.toHaveBeenCalled()
    await isRejected(response.text())
    await expectOver(over)
  })

  it('an abort while nobody reads, until somebody does', async () => {
    const controller = new AbortController()
    const response = await fetch(server.url('/stall'), { signal: controller.signal })
    const over = vi.fn()
    onBodyEndWithoutNodeStream(response, over)
    controller.abort(failure)
    await untilOver(response)
    expect(over).not.toHaveBeenCalled()
    await expect(response.text()).rejects.toBe(failure)
    await expectOver(over)
  })

  it('a transfer to another thread', async () => {
    const response = await fetch(server.url(chunked))
    const over = vi.fn()
    onBodyEndWithoutNodeStream(response, over)
    const body = bodyOf(response)
    expect(await readAll(structuredClone(body, { transfer: [body] }))).toBe(size)
    await untilOver(response)
    expect(over).not.toHaveBeenCalled()
  })
})

describe('garbage collection', () => {
  async function collectUntilCalled(over: ReturnType<typeof vi.fn>): Promise<void> {
    for (let round = 0; round < 50 && over.mock.calls.length === 0; round += 1) {
      collectGarbage()
      await setImmediate()
    }
    expect(over).toHaveBeenCalledOnce()
  }

  it.each(observers)('ends a body that nobody has any more: $name', async ({ observe }) => {
    const over = vi.fn()
    /** In a function of its own, so that no variable of the test holds the response. */
    const begin = async () => observe(await fetch(server.url(chunked)), over)
    await begin()
    // The connection holds the body, and lets go of it when the response is collected.
    await collectUntilCalled(over)
  })

  it.each(observers.slice(0, 2))('ends a body without a connection too: $name', async ({ observe }) => {
    const over = vi.fn()
    const begin = () => observe(new Response(new ReadableStream()), over)
    begin()
    await collectUntilCalled(over)
  })

  it('ends a body when its response and every clone are collected', async () => {
    const over = vi.fn()
    const begin = async () => {
      const response = await fetch(server.url(chunked))
      onBodyEnd(response, over)
      response.clone()
    }
    await begin()
    await collectUntilCalled(over)
  })

  it('does not end a body of which somebody has a clone', async () => {
    const over = vi.fn()
    const begin = async () => {
      const response = await fetch(server.url(chunked))
      onBodyEnd(response, over)
      return response.clone()
    }
    const copy = await begin()
    for (let round = 0; round < 5; round += 1) {
      collectGarbage()
      await setImmediate()
    }
    expect(over).not.toHaveBeenCalled()
    expect((await copy.arrayBuffer()).byteLength).toBe(size)
    await expectOver(over)
  })

  it('frees the connection of a response that was dropped', async () => {
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
    const over = vi.fn()
    const begin = async () => onBodyEnd(await fetch(server.url('/endless')), over)
    await begin()
    expect(server.openExchanges).toBe(1)
    await collectUntilCalled(over)
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
  })
})
