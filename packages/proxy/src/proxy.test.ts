import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorKind } from '@steadfetch/core'
import { pool } from '@steadfetch/pool'
import { createAuthority } from '@steadfetch/test-support/certificates'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { type NpmProxy, startNpmProxy } from '@steadfetch/test-support/real/npm-proxy'
import { freePort } from '@steadfetch/test-support/real/program'
import { statusOf } from '@steadfetch/test-support/status-of'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProxyError, proxy } from './proxy.ts'

const user = 'us er'
const password = 'canary:p@ss/%'
const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
const encoded = Buffer.from(`${user}:${password}`).toString('base64')

let plain: FaultServer
let secured: FaultServer
let middle: NpmProxy
beforeAll(async () => {
  plain = await startFaultServer()
  secured = await startFaultServer({ tls: true })
  middle = await startNpmProxy(user, password)
})
afterAll(() => Promise.all([plain.close(), secured.close(), middle.close()]))
beforeEach(() => {
  plain.reset()
  secured.reset()
  middle.asked.length = 0
})

const through = (): string => `http://${credentials}@127.0.0.1:${middle.port}`
const trust = (): { tls: { ca: string } } => ({ tls: { ca: secured.ca ?? '' } })
const proxyErrorOf = async (call: Promise<Response>): Promise<ProxyError> => {
  const error = await call.then(
    (response) => expect.unreachable(`a response: ${response.status}`),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(ProxyError)
  expect(errorKind(error)).toBe('proxy')
  expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/canary|us er|us%20er/)
  return error as ProxyError
}

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port

/** A proxy without a password that takes its time over every tunnel. */
async function startSlowProxy(delay: number): Promise<AsyncDisposable & { url: string }> {
  const server = createHttpServer()
  server.on('connect', async ({ url = '' }, client) => {
    await sleep(delay)
    const [host, port] = url.split(':')
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    for (const [one, other] of [
      [target, client],
      [client, target],
    ] as const) {
      one.on('error', () => other.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async (): Promise<void> => void server.close()
  return { url: `http://127.0.0.1:${portOf(server)}`, [Symbol.asyncDispose]: close }
}

describe('options', () => {
  it.each([
    [['http://a.test', 5], 'proxy: options must be an object, got 5'],
    [['http://a.test', { conections: 5 }], 'proxy: there is no option "conections"'],
    [['http://a.test', { connections: 0 }], 'proxy: connections must be a positive integer, got 0'],
    [['http://a.test', { proxyTls: { ca: 'ca.pem' } }], 'proxy: proxyTls.ca must be the text of a PEM file'],
    [[], "proxy: give the URL of a proxy, { http, https, no } or 'env', got undefined"],
  ])('refuses %o', (given, message) => {
    expect(() => Reflect.apply(proxy, undefined, given)).toThrow(message)
  })
})

describe('an http: URL', () => {
  it('is asked for in plain words, with the credentials, which stay with the proxy', async () => {
    await using way = proxy(through())
    const response = await way(fetch)(plain.url('/echo?a=b#c'), {
      method: 'POST',
      body: 'text',
      headers: { 'x-a': '1' },
    })
    expect([response.status, (await response.text()).length > 0]).toEqual([200, true])
    expect(middle.asked).toEqual([`POST ${plain.url('/echo?a=b')}`])
    const [request] = plain.requests
    expect(request).toMatchObject({ method: 'POST', headers: { 'x-a': '1', host: new URL(plain.origin).host } })
    expect(JSON.stringify(plain.requests)).not.toMatch(new RegExp(`canary|${encoded}|proxy-authorization`, 'i'))
  })

  it('of several servers goes over the same connections', async () => {
    await using other = await startFaultServer()
    await using way = proxy(through(), { connections: 1 })
    for (const url of [plain.url('/json'), other.url('/json'), plain.url('/json')]) await (await way(fetch)(url)).text()
    const proxyItself = `http://127.0.0.1:${middle.port}`
    await expect.poll(() => way.stats()).toEqual({ [proxyItself]: { open: 1, idle: 1, running: 0, waiting: 0 } })
  })
})

describe('an https: URL', () => {
  it('is asked for through a tunnel, in which the credentials are not', async () => {
    await using way = proxy(through(), trust())
    const response = await way(fetch)(secured.url('/echo'), { method: 'POST', body: 'text' })
    expect([response.status, (await response.text()).length > 0]).toEqual([200, true])
    expect(middle.asked).toEqual([`CONNECT ${new URL(secured.origin).host}`])
    expect(JSON.stringify(secured.requests)).not.toMatch(new RegExp(`canary|${encoded}|proxy-authorization`, 'i'))
  })

  it('uses a tunnel again', async () => {
    await using way = proxy(through(), { ...trust(), connections: 1 })
    for (const _ of [1, 2, 3]) await (await way(fetch)(secured.url('/json'))).text()
    expect(middle.asked).toHaveLength(1)
    expect(way.stats()[secured.origin]).toMatchObject({ open: 1 })
  })

  it('has the certificate of the server checked', async () => {
    await using way = proxy(through())
    expect(await way(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
  })
})

describe.each(['http', 'https'] as const)('an %s: URL fails', (scheme) => {
  const url = (): string => (scheme === 'http' ? plain : secured).url('/json')
  const hits = (): number => plain.requests.length + secured.requests.length

  it('when the proxy wants credentials', async () => {
    await using way = proxy(`http://127.0.0.1:${middle.port}`)
    const error = await proxyErrorOf(way(fetch)(url()))
    expect(error).toMatchObject({ status: 407, proxy: `http://127.0.0.1:${middle.port}` })
    expect(error.message).toBe(
      `proxy: http://127.0.0.1:${middle.port} asks for credentials; write them into its URL (407)`,
    )
    expect(hits()).toBe(0)
  })

  it('when it wants others', async () => {
    await using way = proxy(`http://${encodeURIComponent(user)}:wrong@127.0.0.1:${middle.port}`)
    const error = await proxyErrorOf(way(fetch)(url()))
    expect(error.status).toBe(407)
    expect(error.message).toBe(`proxy: http://127.0.0.1:${middle.port} does not accept the credentials (407)`)
  })

  it('when the proxy is down', async () => {
    await using way = proxy(`http://${credentials}@127.0.0.1:${await freePort()}`)
    const error = await proxyErrorOf(way(fetch)(url()))
    expect(error.status).toBeUndefined()
    expect(error.message).toMatch(/^proxy: http:\/\/127\.0\.0\.1:\d+ gives no connection \(refused: /)
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('with an error of its own for each call, though they fail together', async () => {
    await using way = proxy(`http://127.0.0.1:${await freePort()}`, { connections: 1 })
    const [first, second] = await Promise.all([1, 2].map(() => proxyErrorOf(way(fetch)(url()))))
    expect(first).not.toBe(second)
  })

  it('when the caller aborts, for that reason', async () => {
    await using way = proxy(through(), trust())
    const controller = new AbortController()
    const call = way(fetch)((scheme === 'http' ? plain : secured).url('/silent'), { signal: controller.signal })
    setTimeout(() => controller.abort('mine'), 50)
    await expect(call).rejects.toBe('mine')
  })

  it('when the caller has the credentials of a proxy in a header', async () => {
    await using way = proxy(through(), trust())
    await expect(way(fetch)(url(), { headers: { 'Proxy-Authorization': 'Basic canary' } })).rejects.toThrow(
      new TypeError('proxy: the credentials belong into the URL of the proxy; a header may come to the server'),
    )
    expect(hits() + middle.asked.length).toBe(0)
  })
})

describe('a tunnel', () => {
  it('is no bound for others while it is opened: connections are those to each server', async () => {
    await using slow = await startSlowProxy(200)
    const servers = await Promise.all([1, 2, 3, 4].map(() => startFaultServer({ tls: true })))
    await using way = proxy(slow.url, { connections: 1, connectTimeout: 1000, tls: { verify: false } })
    const calls = servers.map((server) => statusOf(way(fetch)(server.url('/json'))))
    expect(await Promise.all(calls)).toEqual([200, 200, 200, 200])
    await Promise.all(servers.map((server) => server.close()))
  })

  it('fails with a key that is not the certificate’s, and leaves no socket', async () => {
    const [one, other] = [createAuthority().issueClient(), createAuthority().issueClient()]
    const tls = { ...trust().tls, cert: one.cert, key: other.key }
    await using way = proxy(through(), { tls })
    expect(await way(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
    await expect.poll(() => middle.openConnections).toBe(0)
  })

  it.each([Infinity, 2 ** 31, 1500.5])('may take %s ms', async (connectTimeout) => {
    await using way = proxy(through(), { ...trust(), connectTimeout })
    expect(await statusOf(way(fetch)(secured.url('/json')))).toBe(200)
  })

  it('through a SOCKS proxy that hangs up fails at once', async () => {
    const rude = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end()))
    rude.listen(0, '127.0.0.1')
    await once(rude, 'listening')
    await using way = proxy(`socks5://127.0.0.1:${portOf(rude)}`, { connectTimeout: 3_600_000 })
    const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
    const before = timers()
    const error = await proxyErrorOf(way(fetch)(plain.url('/json')))
    expect(error.message).toContain('it hung up')
    expect(timers()).toBeLessThanOrEqual(before)
    rude.close()
  })
})

describe('an error that is not of the proxy', () => {
  it.each([
    ['a reason of the caller', (cause: unknown) => new Error('failing over', { cause })],
    ['an error of a layer below', (cause: unknown) => new TypeError('mine', { cause })],
  ])('stays as it is, though a failure of a proxy is behind it: %s', async (_, made) => {
    await using way = proxy(`http://127.0.0.1:${await freePort()}`)
    const mine = made(await proxyErrorOf(way(fetch)(plain.url('/json'))))
    await expect(way(() => Promise.reject(mine))('http://a.test/')).rejects.toBe(mine)
    const calling = way(
      (_, init) =>
        new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
    )
    const controller = new AbortController()
    const call = calling('http://a.test/', { signal: controller.signal })
    controller.abort(mine)
    await expect(call).rejects.toBe(mine)
  })
})

describe('a server that is down', () => {
  it('is told of by the proxy: by a response, or by no tunnel', async () => {
    await using way = proxy(through(), trust())
    const port = await freePort()
    expect(await statusOf(way(fetch)(`http://127.0.0.1:${port}/`))).toBeGreaterThanOrEqual(500)
    const error = await proxyErrorOf(way(fetch)(`https://127.0.0.1:${port}/`))
    // This proxy hangs up; others answer with a status.
    expect(error.message).toContain('gives no connection (reset: ')
  })
})

describe('TLS to the proxy', () => {
  it('is checked against its own authority, under its own name', async () => {
    const authority = createAuthority()
    await using secure = await startNpmProxy(user, password, authority.issue())
    const url = `https://${credentials}@localhost:${secure.port}`
    await using way = proxy(url, { ...trust(), proxyTls: { ca: authority.cert } })
    for (const target of [plain, secured]) expect(await statusOf(way(fetch)(target.url('/json')))).toBe(200)
    expect(secure.asked).toEqual([`GET ${plain.url('/json')}`, `CONNECT ${new URL(secured.origin).host}`])

    await using strange = proxy(url, trust())
    for (const target of [plain, secured]) {
      const error = await proxyErrorOf(strange(fetch)(target.url('/json')))
      expect(errorKind(error.cause)).toBe('tls')
    }
  })
})

describe('a proxy at an IPv6 address', () => {
  // Node 22 itself takes no certificate for an IPv6 address.
  it.skipIf(process.version.startsWith('v22.'))('is connected to, by TLS too', async () => {
    const authority = createAuthority()
    const certificate = authority.issue({ hosts: ['::1'] })
    await using secure = await startNpmProxy(user, password, certificate, '::1')
    await using way = proxy(`https://${credentials}@[::1]:${secure.port}`, {
      ...trust(),
      proxyTls: { ca: authority.cert },
    })
    for (const target of [plain, secured]) expect(await statusOf(way(fetch)(target.url('/json')))).toBe(200)
  })

  it('is reached by SOCKS5 too', async () => {
    const rude = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end()))
    rude.listen(0, '::1')
    await once(rude, 'listening')
    await using way = proxy(`socks5://[::1]:${portOf(rude)}`)
    expect((await proxyErrorOf(way(fetch)(plain.url('/json')))).message).toContain('it hung up')
    rude.close()
  })
})

describe('what goes directly', () => {
  it('does so, with the options for the servers', async () => {
    await using way = proxy({ http: through(), https: through(), no: '127.0.0.0/8' }, trust())
    for (const target of [plain, secured]) expect(await statusOf(way(fetch)(target.url('/json')))).toBe(200)
    expect(middle.asked).toEqual([])
  })

  it('is looked at anew at each redirect', async () => {
    const { port } = new URL(secured.origin)
    await using way = proxy({ http: through(), https: through(), no: `127.0.0.1:${port}` }, trust())
    const url = plain.url('/redirect-to', { url: secured.url('/json') })
    const response = await way(fetch)(url)
    expect([response.url, await response.json()]).toEqual([secured.url('/json'), { ok: true }])
    expect(middle.asked).toEqual([`GET ${url}`])
  })
})

describe('together with pool', () => {
  it.each(['outside', 'inside'])('nothing slips past the proxy: pool %s', async (place) => {
    await using way = proxy(through())
    await using some = pool({ connections: 1 })
    const stack = place === 'outside' ? some(way(fetch)) : way(some(fetch))
    for (const _ of [1, 2]) await (await stack(plain.url('/json'))).text()
    expect(middle.asked).toHaveLength(2)
    expect(some.stats()).toEqual({})
  })
})

describe('close', () => {
  it('leaves no connection, to the proxy and through it', async () => {
    const way = proxy(through(), trust())
    for (const target of [plain, secured]) await (await way(fetch)(target.url('/json'))).text()
    await way.close()
    await expect.poll(() => secured.openSockets).toBe(0)
    await expect.poll(() => middle.openConnections).toBe(0)
    await expect(way(fetch)(plain.url('/json'))).rejects.toThrow('proxy: it was closed, and makes no further calls')
  })
})
