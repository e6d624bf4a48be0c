import { pattern } from '@steadfetch/test-support/pattern'
import { describe, expect, it } from 'vitest'
import { type Echo, echoOf, sha256 } from './echo.ts'
import { failureOf, shapeOf } from './failure.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()
const size = 300_000
const bytes = pattern(size)

function chunks(): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0
  return new ReadableStream({
    pull: (controller) => {
      if (sent === size) return controller.close()
      controller.enqueue(bytes.slice(sent, sent + 30_000))
      sent += 30_000
    },
  })
}

async function* generated(): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < size; sent += 30_000) yield bytes.slice(sent, sent + 30_000)
}

function form(): FormData {
  const data = new FormData()
  data.append('name', 'välue')
  data.append('file', new File([bytes], 'a.bin'))
  return data
}

const bodies: Readonly<Record<string, () => unknown>> = {
  'a string': () => 'héllo',
  'an empty string': () => '',
  'an ArrayBuffer': () => bytes.buffer,
  'a view of a part of a buffer': () => bytes.subarray(7, 5000),
  'a DataView': () => new DataView(bytes.buffer, 3, 100),
  'a Blob': () => new Blob([bytes], { type: 'x/y' }),
  'a File': () => new File([bytes], 'a.bin'),
  URLSearchParams: () =>
    new URLSearchParams([
      ['a', '1'],
      ['a', 'é'],
    ]),
  'an async generator': generated,
  'a stream': chunks,
  'the body of a Response': () => new Response(bytes).body,
}

/** What is the same each time. */
function comparable({ method, length, sha256: hash, headers }: Echo): object {
  return { method, length, hash, headers: { ...headers, host: '' } }
}

describe.each(subjects)('$name: an upload', ({ name, wrap, options }) => {
  const fetch = wrap(platform)
  const init = (body: unknown) => ({ method: 'POST', body: body as BodyInit, duplex: 'half' as const })

  it.each(Object.keys(bodies))('of %s arrives as it does by the platform alone', async (kind) => {
    const told = await echoOf(fetch(here.url('/echo'), { ...options, ...init(bodies[kind]?.()) }))
    const expected = await echoOf(platform(here.url('/echo'), init(bodies[kind]?.())))
    expect(comparable(told)).toEqual(comparable(expected))
  })

  it('of a form arrives', async () => {
    const told = await echoOf(fetch(here.url('/echo'), { ...options, method: 'POST', body: form() }))
    expect(told.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(told.length).toBeGreaterThan(size)
  })

  it('that is streamed is sent in chunks, once and whole', async () => {
    const told = await echoOf(fetch(here.url('/echo'), { ...options, ...init(chunks()) }))
    expect(told).toMatchObject({ length: size, sha256: sha256(bytes), headers: { 'transfer-encoding': 'chunked' } })
  })

  it('that is streamed by a Request is sent in chunks, once and whole', async () => {
    const told = await echoOf(fetch(new Request(here.url('/echo'), init(chunks())), { ...options }))
    expect(told).toMatchObject({ length: size, sha256: sha256(bytes), headers: { 'transfer-encoding': 'chunked' } })
  })

  it('that is streamed is never sent a second time, even if the server asks for it', async () => {
    const key = `once ${name}`
    const response = await fetch(here.url('/status/503', { key }), init(chunks()))
    expect(response.status).toBe(503)
    expect(here.server.hits(key)).toBe(1)
  })

  it('that is streamed arrives while it is being made', async () => {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>()
    const writer = writable.getWriter()
    const key = `meanwhile ${name}`
    const telling = echoOf(fetch(here.url('/echo', { key }), init(readable)))
    await writer.write(bytes)
    await writer.close()
    expect(await telling).toMatchObject({ length: size, sha256: sha256(bytes) })
  })

  it('whose stream fails, fails as it does with the platform', async () => {
    const broken = (): ReadableStream => new ReadableStream({ pull: () => Promise.reject(new RangeError('no more')) })
    const failure = await failureOf(fetch(here.url('/echo'), init(broken())))
    expect(shapeOf(failure)).toEqual(shapeOf(await failureOf(platform(here.url('/echo'), init(broken())))))
  })

  it('may be the body of a Response that it has brought', async () => {
    const response = await fetch(here.url('/bytes', { size }), { ...options })
    const told = await echoOf(platform(here.url('/echo'), init(response.body)))
    expect(told).toMatchObject({ length: size, sha256: sha256(bytes) })
  })
})
