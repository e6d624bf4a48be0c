import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type ErrorKind, errorKind, harden } from '../steadfetch.ts'
import { networkError, replies } from '../testing.ts'

/** A port of the loopback interface that treats every connection so when it has got something. */
async function portThat(treat: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}).once('data', () => treat(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

/** What the platform's fetch fails with. */
async function failureAt(port: number): Promise<Error> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => expect.unreachable('it did not fail'),
    (error: Error) => error,
  )
}

/** What of an error is not of its moment. */
function shapeOf({ name, message, cause }: Error): unknown {
  const { name: kind, message: what, code, syscall, address, port } = Object(cause)
  return { name, message, cause: { kind, what, code, syscall, address, port } }
}

describe('networkError', () => {
  it('is what Node fails with when a connection is refused', async () => {
    const { port } = await (async () => {
      await using closed = await portThat(() => {})
      return closed
    })()
    const error = networkError('ECONNREFUSED', { address: '127.0.0.1', port })
    expect(shapeOf(error)).toEqual(shapeOf(await failureAt(port)))
  })

  it('is what Node fails with when a connection is reset, or closed', async () => {
    await using resetting = await portThat((socket) => socket.resetAndDestroy())
    expect(shapeOf(networkError('ECONNRESET'))).toEqual(shapeOf(await failureAt(resetting.port)))
    await using closing = await portThat((socket) => socket.end())
    expect(shapeOf(networkError('UND_ERR_SOCKET'))).toEqual(shapeOf(await failureAt(closing.port)))
  })

  it.each<[string, ErrorKind, string]>([
    ['ECONNREFUSED', 'refused', 'connect ECONNREFUSED 192.0.2.1:443'],
    ['ETIMEDOUT', 'timeout', 'connect ETIMEDOUT 192.0.2.1:443'],
    ['ENOTFOUND', 'dns', 'getaddrinfo ENOTFOUND'],
    ['EPIPE', 'reset', 'write EPIPE'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'Connect Timeout Error'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', 'Headers Timeout Error'],
    ['CERT_HAS_EXPIRED', 'tls', 'CERT_HAS_EXPIRED'],
  ])('%s is of the kind "%s"', (code, kind, message) => {
    const error = networkError(code)
    expect(errorKind(error)).toBe(kind)
    expect(error).toMatchObject({ message: 'fetch failed', cause: { code, message } })
  })

  it('has facts that a test is about', () => {
    const { cause } = networkError('ENOTFOUND', { hostname: 'api.test' })
    expect(cause).toMatchObject({ hostname: 'api.test', message: 'getaddrinfo ENOTFOUND api.test' })
    const worded = networkError('UND_ERR_CONNECT_TIMEOUT', { message: 'attempted address: api.test:443' })
    expect(worded.cause).toMatchObject({ name: 'ConnectTimeoutError', message: 'attempted address: api.test:443' })
  })

  it('has a POST repeated only where a real one would be', async () => {
    const attemptsAfter = async (code: string, redirect: RequestRedirect): Promise<number> => {
      const fetch = replies(networkError(code), 200)
      const hardened = harden({ retry: { backoff: () => 1 } }, fetch)
      await hardened('http://a.test/', { method: 'POST', redirect }).catch(() => {})
      return fetch.calls.length
    }
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']) {
      expect([await attemptsAfter(code, 'error'), await attemptsAfter(code, 'follow')]).toEqual([2, 1])
    }
    expect(await attemptsAfter('ECONNRESET', 'error')).toBe(1)
  })

  it.each([
    [['econnreset'], 'networkError: code must be one such as "ECONNRESET", got "econnreset"'],
    [[], 'networkError: code must be one such as "ECONNRESET", got undefined'],
    [
      ['ECONNRESET', { host: 'a' }],
      'networkError: there is no option "host"; there are hostname, address, port, message',
    ],
  ])('refuses %o', (args, message) => {
    expect(() => Reflect.apply(networkError, undefined, args)).toThrow(new TypeError(message))
  })
})
