import { Readable } from 'node:stream'
import { pattern } from '@steadfetch/test-support/pattern'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { sha256 } from './echo.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

type NodeStream = Parameters<typeof Readable.fromWeb>[0]
type Body = ReadableStream<Uint8Array<ArrayBuffer>>

const here = serving()
const size = 100_000

async function gathered(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return new Uint8Array(Buffer.concat(parts))
}

async function* byReader(body: Body): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

async function* byByteReader(body: Body): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: 'byob' })
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(3000))
    if (value) yield value
    if (done) return
  }
}

const ways: Readonly<Record<string, (response: Response, body: Body) => Promise<Uint8Array>>> = {
  arrayBuffer: async (response) => new Uint8Array(await response.arrayBuffer()),
  bytes: (response) => response.bytes(),
  blob: async (response) => new Uint8Array(await (await response.blob()).arrayBuffer()),
  'the prototype’s arrayBuffer': async (response) =>
    new Uint8Array(await Response.prototype.arrayBuffer.call(response)),
  'a reader': (_, body) => gathered(byReader(body)),
  'a reader that brings its own buffer': (_, body) => gathered(byByteReader(body)),
  'for await': (_, body) => gathered(body),
  values: (_, body) => gathered(body.values({ preventCancel: true })),
  pipeTo: async (_, body) => {
    const chunks: Uint8Array[] = []
    await body.pipeTo(new WritableStream({ write: (chunk) => void chunks.push(chunk) }))
    return gathered(chunks)
  },
  pipeThrough: (_, body) => gathered(body.pipeThrough(new TransformStream())),
  tee: async (_, body) => {
    const [one, other] = body.tee()
    const [read, readToo] = await Promise.all([gathered(one), gathered(other)])
    expect(sha256(readToo)).toBe(sha256(read))
    return read
  },
  'a Readable of node:stream': (_, body) => gathered(Readable.fromWeb(body as NodeStream)),
  'another Response': async (response, body) => new Uint8Array(await new Response(body, response).arrayBuffer()),
  'an upload': async (_, body) => {
    const init = { method: 'POST', body, duplex: 'half' as const }
    return new Request(here.url('/echo'), init).bytes()
  },
  'a stream that was transferred': (_, body) => gathered(structuredClone(body, { transfer: [body] })),
}

describe.each(subjects)('$name: the bytes are right', ({ wrap, options }) => {
  const fetch = wrap(platform)

  describe.each(Object.keys(ways))('by way of %s', (way) => {
    it.each(['/bytes', '/bytes?chunked=1', '/gzip'])('of %s', async (path) => {
      const response = await fetch(here.url(path, { size }), { ...options })
      const read = await ways[way]?.(response, response.body ?? new ReadableStream())
      expect(read?.length).toBe(size)
      expect(sha256(read ?? '')).toBe(sha256(pattern(size)))
    })
  })

  it('as text, with its byte order mark and broken characters treated as ever', async () => {
    const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x68, 0xc3, 0xa9, 0xff])
    const response = await wrap(scriptedFetch(() => new Response(bytes)))('http://a.test/')
    expect(await response.text()).toBe('hé\uFFFD')
  })

  it('as JSON, and as the platform’s error where it is none', async () => {
    expect(await (await fetch(here.url('/json?size=70000'))).json()).toMatchObject({ ok: true })
    await expect((await fetch(here.url('/bytes?size=7'))).json()).rejects.toThrow(SyntaxError)
  })

  it('as a form, whichever type it is of', async () => {
    const form = new FormData()
    form.append('a', '1')
    form.append('file', new File(['contents'], 'a.txt'))
    const response = await wrap(scriptedFetch(() => new Response(form)))('http://a.test/')
    const read = await response.formData()
    expect(read.get('a')).toBe('1')
    expect(read.get('file')).toMatchObject({ name: 'a.txt', size: 8 })
    const encoded = await wrap(scriptedFetch(() => new Response(new URLSearchParams({ a: 'é' }))))('http://a.test/')
    expect([...(await encoded.formData())]).toEqual([['a', 'é']])
  })

  it('as a blob of the type that the server said', async () => {
    expect(await (await fetch(here.url('/json'))).blob()).toMatchObject({ type: 'application/json', size: 11 })
  })

  it('and not asked for before somebody wants them', async () => {
    let pulls = 0
    const source = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array([++pulls])) })
    const response = await wrap(scriptedFetch(() => new Response(source)))('http://a.test/')
    await new Promise(setImmediate)
    expect(pulls).toBe(1)
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value).toEqual(new Uint8Array([1]))
    await new Promise(setImmediate)
    expect(pulls).toBe(2)
    await reader?.cancel()
  })
})
