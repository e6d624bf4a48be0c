import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { startFaultServer } from '../fault-server.ts'
import { pattern } from '../pattern.ts'

const server = await startFaultServer()
afterAll(() => server.close())

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

describe('/json', () => {
  it.each([1, 2, 11, 20, 32, 33, 200_000])('is valid JSON of %i bytes', async (size) => {
    const response = await fetch(server.url('/json', { size }))
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('application/json')
    expect([text.length, response.headers.get('content-length')]).toEqual([size, String(size)])
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it('is `{ ok: true }` unless a size is asked for', async () => {
    expect(await (await fetch(server.url('/json'))).json()).toEqual({ ok: true })
  })
})

describe('/bytes', () => {
  it.each(['/bytes?size=3000000', '/bytes?size=3000000&chunked=1', '/gzip?size=3000000'])(
    '%s is the pattern',
    async (path) => {
      const response = await fetch(server.url(path))
      expect(sha256(await response.bytes())).toBe(sha256(pattern(3_000_000)))
    },
  )

  it('announces its length unless it is chunked', async () => {
    const plain = await fetch(server.url('/bytes?size=5'))
    const chunked = await fetch(server.url('/bytes?size=5&chunked=1'))
    expect([plain.headers.get('content-length'), chunked.headers.get('content-length')]).toEqual(['5', null])
    expect(chunked.headers.get('transfer-encoding')).toBe('chunked')
  })

  it('may be empty', async () => {
    expect((await (await fetch(server.url('/bytes?size=0'))).bytes()).length).toBe(0)
  })

  it('waits for a client that does not read', async () => {
    const response = await fetch(server.url('/bytes?size=10000000000'))
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value?.[1]).toBe(1)
    expect(server.openExchanges).toBe(1)
    await reader?.cancel()
    await expect.poll(() => server.openExchanges, { interval: 5 }).toBe(0)
  })
})

describe('/gzip', () => {
  it('arrives shorter than it is read', async () => {
    const response = await fetch(server.url('/gzip?size=100000'))
    expect(Number(response.headers.get('content-length'))).toBeLessThan(10_000)
    expect((await response.bytes()).length).toBe(100_000)
  })
})

describe('/echo', () => {
  it('tells method, path, headers and body', async () => {
    const body = pattern(300_000)
    const response = await fetch(server.url('/echo?a=b'), { method: 'PUT', body, headers: { 'X-Test': 'yes' } })
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      path: '/echo?a=b',
      headers: { 'x-test': 'yes', 'content-length': '300000' },
      length: 300_000,
      sha256: sha256(body),
    })
  })

  it('takes a stream, and no body at all', async () => {
    const body = new Blob(['streamed']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as const
    expect(await (await fetch(server.url('/echo'), init)).json()).toMatchObject({
      length: 8,
      sha256: sha256('streamed'),
    })
    expect(await (await fetch(server.url('/echo'))).json()).toMatchObject({
      method: 'GET',
      length: 0,
      sha256: sha256(''),
    })
  })
})

describe('HEAD', () => {
  it.each([
    ['/json?size=77', 200, '77'],
    ['/bytes?size=1000000', 200, '1000000'],
    ['/status/404?body=9', 404, '9'],
    ['/endless?every=0', 503, null],
    ['/trickle?every=600000', 200, null],
  ])('of %s has the headers and no body', async (path, status, length) => {
    const response = await fetch(server.url(path), { method: 'HEAD' })
    expect([response.status, response.headers.get('content-length')]).toEqual([status, length])
    expect(await response.text()).toBe('')
  })
})
