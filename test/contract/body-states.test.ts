import { pattern } from '@steadfetch/test-support/pattern'
import { describe, expect, it } from 'vitest'
import { sha256 } from './echo.ts'
import { failureOf } from './failure.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()
const size = 100_000
const whole = sha256(pattern(size))

describe.each(subjects)('$name: the body', ({ wrap, options }) => {
  const get = (): Promise<Response> => wrap(platform)(here.url('/bytes', { size, chunked: 1 }), { ...options })

  /** A response, and its body as one that is there. */
  async function responding(): Promise<{ response: Response; body: ReadableStream<Uint8Array<ArrayBuffer>> }> {
    const response = await get()
    expect(response.body).toBeInstanceOf(ReadableStream)
    return { response, body: response.body ?? new ReadableStream() }
  }

  it('is the same each time, and not used by being looked at', async () => {
    const { response, body } = await responding()
    expect(response.body).toBe(body)
    expect(Object.keys(body)).toEqual([])
    expect(Object.getPrototypeOf(body)).toBe(ReadableStream.prototype)
    expect([response.bodyUsed, body.locked]).toEqual([false, false])
    await body.cancel()
  })

  it('is used once it has been read', async () => {
    const { response, body } = await responding()
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(whole)
    expect(response.bodyUsed).toBe(true)
    expect(response.body).toBe(body)
    expect(await failureOf(response.text())).toBeInstanceOf(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
  })

  it('is used while it is being read', async () => {
    const response = await get()
    const reading = response.text()
    expect(response.bodyUsed).toBe(true)
    expect(response.body?.locked).toBe(true)
    expect(await failureOf(response.text())).toBeInstanceOf(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    await reading
  })

  it('is locked by a reader, and used once that has read', async () => {
    const { response, body } = await responding()
    const reader = body.getReader()
    expect([response.bodyUsed, body.locked]).toEqual([false, true])
    expect(() => body.getReader()).toThrow(TypeError)
    expect(() => response.clone()).toThrow(TypeError)
    expect(await failureOf(response.text())).toBeInstanceOf(TypeError)
    const { value } = await reader.read()
    expect(value?.[1]).toBe(1)
    expect(response.bodyUsed).toBe(true)
    await reader.cancel()
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('is whole after a reader that has read nothing', async () => {
    const { response, body } = await responding()
    body.getReader().releaseLock()
    expect([response.bodyUsed, body.locked]).toEqual([false, false])
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(whole)
  })

  it('goes on with the next reader where the last one stopped', async () => {
    const { response, body } = await responding()
    const first = body.getReader()
    const { value: start } = await first.read()
    first.releaseLock()
    expect([response.bodyUsed, body.locked]).toEqual([true, false])
    const chunks = [start ?? new Uint8Array()]
    for await (const chunk of body) chunks.push(chunk)
    expect(sha256(new Uint8Array(Buffer.concat(chunks)))).toBe(whole)
  })

  it('is used once it has been cancelled', async () => {
    const { response, body } = await responding()
    await body.cancel('enough')
    expect([response.bodyUsed, body.locked]).toEqual([true, false])
    expect(await failureOf(response.text())).toBeInstanceOf(TypeError)
    expect(await body.getReader().read()).toEqual({ done: true, value: undefined })
  })

  it('cannot be cancelled while a reader has it', async () => {
    const { body } = await responding()
    const reader = body.getReader()
    expect(await failureOf(body.cancel())).toBeInstanceOf(TypeError)
    await reader.cancel()
  })

  it('tells a reader of its end', async () => {
    const { body } = await responding()
    const reader = body.getReader()
    while (!(await reader.read()).done);
    await reader.closed
    reader.releaseLock()
    expect(body.locked).toBe(false)
  })
})
