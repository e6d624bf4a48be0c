import { ReadableStream } from 'node:stream/web'
import { attemptsOf, compose, type ExchangeEnd } from '@steadfetch/core'
import { hooks } from '@steadfetch/hooks'
import { log } from '@steadfetch/log'
import { pool } from '@steadfetch/pool'
import { retry } from '@steadfetch/retry'
import { type Httpbin, httpbin, startHttpbin } from '@steadfetch/test-support/real/httpbin'
import { describeWith } from '@steadfetch/test-support/real/program'
import { timeout } from '@steadfetch/timeout'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

const ends: ExchangeEnd[] = []
const entries: object[] = []
const note = (entry: object): void => void entries.push(entry)
const layers = compose(
  timeout({ after: 15_000 }),
  retry({ backoff: () => 1 }),
  hooks({ bytes: true, onEnd: (end) => void ends.push(end) }),
  log({ bytes: true, logger: { info: note, warn: note, error: note } }),
)((input, init) => fetch(input, init))

beforeEach(() => {
  ends.length = 0
  entries.length = 0
})

describeWith('httpbin', [httpbin], () => {
  let running: Httpbin
  beforeAll(async () => {
    running = await startHttpbin()
  })
  afterAll(() => running[Symbol.asyncDispose]())

  it('is sent a body again after a 503, and not after a 501', async () => {
    const send = async (status: number): Promise<Response> => {
      const response = await layers(new Request(running.url(`/status/${status}`), { method: 'PUT', body: 'the body' }))
      expect([response.status, await response.text()]).toEqual([status, ''])
      return response
    }
    const down = await send(503)
    const { attempts = [], stopped } = attemptsOf(down) ?? {}
    expect([attempts.map(({ status }) => status), stopped]).toEqual([[503, 503, 503], 'attempts'])
    await expect.poll(() => ends).toHaveLength(3)
    expect(attemptsOf(await send(501))).toBeUndefined()
  })

  it('may keep a call waiting for its headers, and a reader for its body', async () => {
    const late = layers(running.url('/delay/10'), { timeout: { headers: 200 }, retry: { attempts: 1 } })
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError', option: 'headers', phase: 'headers' })
    const stalling = await layers(running.url('/drip?numbytes=2&duration=20'), { timeout: { idle: 1000 } })
    expect(stalling.status).toBe(200)
    await expect(stalling.text()).rejects.toMatchObject({ name: 'TimeoutError', option: 'idle', phase: 'body' })
    const error = { name: 'TimeoutError' }
    const last = { outcome: 'aborted', error, status: 200, bytes: 1, contentLength: 2 }
    await expect.poll(() => ends.at(-1)).toMatchObject(last)
  })

  it.each([
    ['gzip', 'gzipped', 'gzip'],
    ['deflate', 'deflated', 'deflate'],
    ['brotli', 'brotli', 'br'],
  ])('sends %s, which is read and counted as what it was before', async (path, member, encoding) => {
    const response = await layers(running.url(`/${path}`))
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ [member]: true, method: 'GET' })
    const end = { outcome: 'complete', status: 200, bytes: Buffer.byteLength(text) }
    expect(Number(response.headers.get('content-length'))).not.toBe(end.bytes)
    await expect.poll(() => [...ends, ...entries]).toMatchObject([end, end])
    expect(ends[0]).not.toHaveProperty('contentLength')
  })

  it('streams lines, every one of which arrives', async () => {
    const response = await layers(running.url('/stream/10'))
    expect(response.headers.get('transfer-encoding')).toBe('chunked')
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('takes a body of unknown length, in chunks', async () => {
    const body = ReadableStream.from(['one, ', 'two, ', 'three'].map((text) => new TextEncoder().encode(text)))
    const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'text/plain' } }
    const echo = await (await layers(running.url('/post'), init as RequestInit)).json()
    expect(echo).toMatchObject({ data: 'one, two, three', headers: { 'Transfer-Encoding': 'chunked' } })
  })

  it('takes a Request with a form, and finds its fields and its file', async () => {
    const body = new FormData()
    body.append('field', 'väl="ue"')
    body.append('file', new File(['its content'], 'name.txt', { type: 'text/plain' }))
    const echo = await (await layers(new Request(running.url('/post'), { method: 'POST', body }))).json()
    expect(echo).toMatchObject({ form: { field: 'väl="ue"' }, files: { file: 'its content' } })
  })

  it('is reached by TLS, on connections of our own', async () => {
    await using secured = await startHttpbin({ tls: true })
    await using own = pool({ tls: secured.ca === undefined ? {} : { ca: secured.ca } })
    const url = secured.url('/get?a=1')
    expect(await (await own(layers)(url)).json()).toMatchObject({ url, args: { a: '1' } })
  })
})
