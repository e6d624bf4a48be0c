import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { afterAll, describe, expect, it } from 'vitest'
import { startFaultServer } from '../fault-server.ts'

const plain = await startFaultServer()
const secure = await startFaultServer({ tls: true })
afterAll(() => Promise.all([plain.close(), secure.close()]))

const unparsable = { name: 'HTTPParserError' }

describe('the built-in fetch fails before the headers', () => {
  it.each([
    ['/reset', { code: 'ECONNRESET' }],
    ['/close', { code: 'UND_ERR_SOCKET', message: 'other side closed' }],
    ['/malformed?as=response', unparsable],
    ['/malformed?as=headers-overflow', { code: 'UND_ERR_HEADERS_OVERFLOW' }],
  ])('with %s', async (path, cause) => {
    await expect(fetch(plain.url(path))).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed', cause })
  })
})

describe('the built-in fetch fails in the body', () => {
  it.each([
    // Node 22 reads an RST that comes right behind data as an end.
    ['/reset?at=body', { code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) }],
    ['/close?at=body', { code: 'UND_ERR_SOCKET', message: 'other side closed' }],
    ['/truncate', { code: 'UND_ERR_SOCKET', message: 'other side closed' }],
    ['/truncate?as=chunked', { code: 'UND_ERR_SOCKET', message: 'other side closed' }],
    ['/malformed', unparsable],
    ['/bad-gzip', { code: 'Z_DATA_ERROR' }],
  ])('with %s', async (path, cause) => {
    const response = await fetch(plain.url(path))
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toMatchObject({ name: 'TypeError', message: 'terminated', cause })
  })
})

describe.each([
  ['plain', plain, http],
  ['TLS', secure, https],
])('a %s connection', (_, server, protocol) => {
  it.each([
    ['/reset', 'read ECONNRESET'],
    ['/close', 'socket hang up'],
    ['/malformed?as=response', 'Parse Error'],
  ])('breaks before the headers with %s', async (path, message) => {
    const request = protocol.get(server.url(path), { ca: server.ca, agent: false })
    await expect(once(request, 'response')).rejects.toThrow(message)
  })

  it.each([
    ['/close?at=body', 512],
    ['/truncate?as=chunked', 512],
    ['/reset?at=body', 512],
  ])('breaks in the body with %s, after what has been sent', async (path, sent) => {
    const request = protocol.get(server.url(path), { ca: server.ca, agent: false })
    request.on('error', () => {})
    const [response] = await once(request, 'response')
    let received = 0
    response.on('data', (chunk: Uint8Array) => {
      received += chunk.length
    })
    await expect(once(response, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(received).toBe(sent)
  })
})
