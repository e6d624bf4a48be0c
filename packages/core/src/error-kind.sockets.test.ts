import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createAuthority, selfSigned } from '@steadfetch/test-support/certificates'
import { type FaultServer, type FaultServerOptions, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ErrorKind, errorKind } from './error-kind.ts'

type AnyFetch = (input: string, init?: RequestInit & { dispatcher?: unknown }) => Promise<Response>

interface Dispatcher {
  close(): Promise<void>
  destroy(): Promise<void>
}

/** A fetch and the class of its dispatchers. */
interface Platform {
  readonly name: string
  readonly fetch: AnyFetch
  readonly Agent: new (options?: object) => Dispatcher
  readonly major: number
}

const node = await builtIn()
const npm = await npmUndici()

async function builtIn(): Promise<Platform> {
  await (await fetch('data:,')).text()
  const agent = Reflect.get(globalThis, dispatcherSymbol(2)) ?? Reflect.get(globalThis, dispatcherSymbol(1))
  const major = Number.parseInt(process.versions.undici ?? '', 10)
  return { name: 'built-in fetch', fetch: globalThis.fetch as AnyFetch, Agent: agent.constructor, major }
}

/** The import takes over the built-in fetch, which is given back here. */
async function npmUndici(): Promise<Platform> {
  const before = [1, 2].map((version) => Reflect.get(globalThis, dispatcherSymbol(version)))
  const { fetch, Agent } = await import('undici')
  for (const [index, dispatcher] of before.entries()) Reflect.set(globalThis, dispatcherSymbol(index + 1), dispatcher)
  const dispatcher = new Agent()
  const npmFetch = fetch as unknown as AnyFetch
  return { name: 'npm undici', fetch: (input, init) => npmFetch(input, { dispatcher, ...init }), Agent, major: 8 }
}

function dispatcherSymbol(version: number): symbol {
  return Symbol.for(`undici.globalDispatcher.${version}`)
}

/** What a promise is rejected with. */
async function failureOf(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  )
}

/** What reading the body fails with, after the headers have come. */
async function bodyFailureOf(outcome: Promise<Response>): Promise<unknown> {
  const response = await outcome
  return failureOf(response.text())
}

/** The codes in a chain of causes. */
function codesIn(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return []
  const code = 'code' in error && error.code !== undefined ? [error.code] : []
  return 'cause' in error ? [...code, ...codesIn(error.cause)] : code
}

let plain: FaultServer
/** Takes connections and says nothing, as a TLS server that hangs. */
let mute: Server
let closedPort: number
const muteSockets = new Set<Socket>()
const servers: FaultServer[] = []
const refusing: Server[] = []

async function start(options?: FaultServerOptions): Promise<FaultServer> {
  const server = await startFaultServer(options)
  servers.push(server)
  return server
}

/** Answers whatever comes in the clear. */
function refuse(status: string): Server {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\n\r\n`))
  })
  refusing.push(server)
  return server
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

beforeAll(async () => {
  plain = await start()
  mute = createServer((socket) => muteSockets.add(socket.on('error', () => {})))
  await listen(mute)
  const closed = createServer()
  closedPort = await listen(closed)
  closed.close()
  await once(closed, 'close')
})

afterAll(async () => {
  for (const server of servers) await server.close()
  for (const server of refusing) server.close()
  for (const socket of muteSockets) socket.destroy()
  mute.close()
})

function mutePort(): number {
  const address = mute.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

it('has left the built-in fetch to its own dispatcher', () => {
  for (const version of [1, 2]) {
    expect(Reflect.get(globalThis, dispatcherSymbol(version))).not.toBeInstanceOf(npm.Agent)
  }
})

describe.each([node, npm])('$name', ({ fetch, Agent, major }) => {
  const agents: Dispatcher[] = []

  function agent(options?: object): Dispatcher {
    const made = new Agent(options)
    agents.push(made)
    return made
  }

  afterAll(async () => {
    for (const made of agents) await made.destroy()
  })

  /** Checks the kind, and that the platform has failed in the way that the test is about. */
  function expectKind(error: unknown, kind: ErrorKind, code?: string | RegExp): void {
    if (code !== undefined) expect(codesIn(error).join()).toMatch(code)
    expect(errorKind(error)).toBe(kind)
  }

  describe('connecting', () => {
    it('refused: nobody listens', async () => {
      expectKind(await failureOf(fetch(`http://127.0.0.1:${closedPort}/`)), 'refused', 'ECONNREFUSED')
    })

    it('refused: nobody listens on any address of the host', async () => {
      const lookup = (_: string, __: object, found: (error: null, addresses: object[]) => void): void => {
        found(null, [
          { address: '::1', family: 6 },
          { address: '127.0.0.1', family: 4 },
        ])
      }
      const dispatcher = agent({ connect: { lookup, autoSelectFamily: true } })
      const error = await failureOf(fetch(`http://two.test:${closedPort}/`, { dispatcher }))
      expect(error).toHaveProperty('cause.errors')
      expectKind(error, 'refused')
    })

    it('dns: the host has no address', async () => {
      expectKind(await failureOf(fetch('http://nope.invalid/')), 'dns', /ENOTFOUND|EAI_AGAIN/)
    })

    it('timeout: the connection takes too long', async () => {
      const dispatcher = agent({ connectTimeout: 50, connect: { timeout: 50 } })
      const error = await failureOf(fetch(`https://127.0.0.1:${mutePort()}/`, { dispatcher }))
      expectKind(error, 'timeout', 'UND_ERR_CONNECT_TIMEOUT')
    })
  })

  describe('before the headers', () => {
    it('reset: the connection is reset', async () => {
      expectKind(await failureOf(fetch(plain.url('/reset'))), 'reset', 'ECONNRESET')
    })

    it('reset: the connection is closed', async () => {
      expectKind(await failureOf(fetch(plain.url('/close'))), 'reset', 'UND_ERR_SOCKET')
    })

    it('reset: the port speaks TLS and was asked in the clear', async () => {
      const { origin } = await start({ tls: true })
      expectKind(await failureOf(fetch(origin.replace('https:', 'http:'))), 'reset', /UND_ERR_SOCKET|ECONNRESET/)
    })

    it('timeout: the headers do not come', async () => {
      const dispatcher = agent({ headersTimeout: 50 })
      const error = await failureOf(fetch(plain.url('/silent'), { dispatcher }))
      expectKind(error, 'timeout', 'UND_ERR_HEADERS_TIMEOUT')
    })

    it('protocol: the answer is not HTTP', async () => {
      const error = await failureOf(fetch(plain.url('/malformed?as=response')))
      expect(error).toHaveProperty('cause.name', 'HTTPParserError')
      expectKind(error, 'protocol')
    })

    it('protocol: the headers are too long', async () => {
      const error = await failureOf(fetch(plain.url('/malformed?as=headers-overflow')))
      expectKind(error, 'protocol', 'UND_ERR_HEADERS_OVERFLOW')
    })
  })

  describe('in the body', () => {
    it('reset: the connection is reset', async () => {
      expectKind(await bodyFailureOf(fetch(plain.url('/reset?at=body'))), 'reset', /UND_ERR_SOCKET|ECONNRESET/)
    })

    it.each(['/close?at=body', '/truncate?as=length', '/truncate?as=chunked'])(
      'reset: it ends early (%s)',
      async (path) => {
        expectKind(await bodyFailureOf(fetch(plain.url(path))), 'reset', 'UND_ERR_SOCKET')
      },
    )

    it('timeout: the server falls silent', async () => {
      const dispatcher = agent({ bodyTimeout: 50 })
      const error = await bodyFailureOf(fetch(plain.url('/stall'), { dispatcher }))
      expectKind(error, 'timeout', 'UND_ERR_BODY_TIMEOUT')
    })

    it('protocol: a chunk has no size', async () => {
      const error = await bodyFailureOf(fetch(plain.url('/malformed?as=chunk-size')))
      expect(error).toHaveProperty('cause.name', 'HTTPParserError')
      expectKind(error, 'protocol')
    })

    it('protocol: it is not what its Content-Encoding says', async () => {
      expectKind(await bodyFailureOf(fetch(plain.url('/bad-gzip'))), 'protocol', 'Z_DATA_ERROR')
    })

    it('protocol: it is longer than the dispatcher takes', async () => {
      const dispatcher = agent({ maxResponseSize: 10 })
      const error = await bodyFailureOf(fetch(plain.url('/bytes?size=1000&chunked=1'), { dispatcher }))
      expectKind(error, 'protocol', 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    })
  })

  describe('TLS', () => {
    const authority = createAuthority()

    it('tls: a certificate that nobody has signed', async () => {
      const { origin } = await start({ tls: selfSigned() })
      expectKind(await failureOf(fetch(origin)), 'tls', 'DEPTH_ZERO_SELF_SIGNED_CERT')
    })

    it('tls: an authority that is not trusted', async () => {
      const { origin } = await start({ tls: authority.issue() })
      expectKind(await failureOf(fetch(origin)), 'tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    })

    it('tls: a certificate that has expired', async () => {
      const { origin } = await start({ tls: authority.issue({ expired: true }) })
      const dispatcher = agent({ connect: { ca: authority.cert } })
      expectKind(await failureOf(fetch(origin, { dispatcher })), 'tls', 'CERT_HAS_EXPIRED')
    })

    it('tls: a certificate of another host', async () => {
      const { origin } = await start({ tls: authority.issue({ hosts: ['other.test'] }) })
      const dispatcher = agent({ connect: { ca: authority.cert } })
      expectKind(await failureOf(fetch(origin, { dispatcher })), 'tls', 'ERR_TLS_CERT_ALTNAME_INVALID')
    })

    it('tls: the port speaks no TLS', async () => {
      const error = await failureOf(fetch(`https://127.0.0.1:${await listen(refuse('400 Bad Request'))}/`))
      expectKind(error, 'tls', 'ERR_SSL_WRONG_VERSION_NUMBER')
    })

    it('reset: a server that wants a certificate of the client hangs up', async () => {
      const { origin } = await start({ tls: { ...authority.issue(), clientCa: authority.cert } })
      const dispatcher = agent({ connect: { ca: authority.cert } })
      const error = await failureOf(fetch(origin, { dispatcher }))
      // Whether the alert, the FIN or the RST is seen first is up to the kernel.
      expect(['reset', 'tls']).toContain(errorKind(error))
      expect(codesIn(error).join()).toMatch(/UND_ERR_SOCKET|ECONNRESET|EPIPE|ERR_SSL_/)
    })
  })

  describe('redirects', () => {
    it('redirect: there are too many', async () => {
      const error = await failureOf(fetch(plain.url('/redirect?times=30')))
      expect(error).toHaveProperty('cause.message', 'redirect count exceeded')
      expectKind(error, 'redirect')
    })

    it('redirect: the caller has forbidden them', async () => {
      expectKind(await failureOf(fetch(plain.url('/redirect'), { redirect: 'error' })), 'redirect')
    })

    it('redirect: the location is no URL', async () => {
      const error = await failureOf(fetch(plain.url('/redirect-to', { url: 'http://[' })))
      expectKind(error, 'redirect', 'ERR_INVALID_URL')
    })
  })

  describe('mistakes in the call', () => {
    const stream = (...chunks: unknown[]): ReadableStream =>
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk)
          controller.close()
        },
      })
    const mistakes: Record<string, () => Promise<Response>> = {
      'a URL that is none': () => fetch('nope'),
      'a scheme that is not supported': () => fetch('ftp://127.0.0.1/'),
      'a port that is blocked': () => fetch('http://127.0.0.1:25/'),
      'credentials in the URL': () => fetch(plain.origin.replace('//', '//user:password@')),
      'a header name that is none': () => fetch(plain.origin, { headers: { 'no name': '1' } }),
      'a header value that is none': () => fetch(plain.origin, { headers: { name: 'a\nb' } }),
      'a method that is none': () => fetch(plain.origin, { method: 'NO METHOD' }),
      'a method that is forbidden': () => fetch(plain.origin, { method: 'TRACE' }),
      'a GET with a body': () => fetch(plain.origin, { body: 'text' }),
      'a stream without duplex': () => fetch(plain.origin, { method: 'POST', body: stream() }),
      'a mode that is none': () => fetch(plain.origin, JSON.parse('{ "mode": "fast" }')),
      'a redirect mode that is none': () => fetch(plain.origin, JSON.parse('{ "redirect": "maybe" }')),
      'a signal that is none': () => fetch(plain.origin, JSON.parse('{ "signal": "stop" }')),
    }

    it.each(Object.keys(mistakes))('invalid-request: %s', async (mistake) => {
      const error = await failureOf(mistakes[mistake]?.() ?? Promise.resolve())
      expect(error).toBeInstanceOf(TypeError)
      expectKind(error, 'invalid-request')
    })

    it('invalid-request: a stream that was read before', async () => {
      const body = stream()
      await body.getReader().read()
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit
      expectKind(await failureOf(fetch(plain.origin, init)), 'invalid-request')
    })

    it('invalid-request: a stream of something other than bytes', async () => {
      const init = {
        method: 'POST',
        body: stream(5),
        duplex: 'half',
      } as RequestInit
      expectKind(await failureOf(fetch(plain.url('/echo'), init)), 'invalid-request')
    })

    it.each(['close', 'destroy'] as const)('invalid-request: a dispatcher after its %s()', async (end) => {
      const dispatcher = agent()
      await dispatcher[end]()
      expectKind(await failureOf(fetch(plain.origin, { dispatcher })), 'invalid-request', /UND_ERR_(CLOSED|DESTROYED)/)
    })
  })

  it.skipIf(major < 7)('queue-full: the dispatcher has as many origins as it may', async () => {
    const dispatcher = agent({ maxOrigins: 1 })
    const other = await start()
    await (await fetch(plain.url('/json'), { dispatcher })).text()
    const error = await failureOf(fetch(other.url('/json'), { dispatcher }))
    expectKind(error, 'queue-full', 'UND_ERR_MAX_ORIGINS_REACHED')
  })

  describe('aborts', () => {
    it('abort: the caller gives up, before the headers and in the body', async () => {
      const controller = new AbortController()
      const pending = failureOf(fetch(plain.url('/silent'), { signal: controller.signal }))
      const response = await fetch(plain.url('/stall'), { signal: controller.signal })
      const reading = failureOf(response.text())
      controller.abort()
      for (const error of [await pending, await reading]) {
        expect(error).toMatchObject({ name: 'AbortError', code: 20 })
        expectKind(error, 'abort')
      }
    })

    it('timeout: AbortSignal.timeout, before the headers and in the body', async () => {
      const before = await failureOf(fetch(plain.url('/silent'), { signal: AbortSignal.timeout(20) }))
      const response = await fetch(plain.url('/stall'), { signal: AbortSignal.timeout(500) })
      const within = await failureOf(response.text())
      for (const error of [before, within]) {
        expect(error).toMatchObject({ name: 'TimeoutError', code: 23 })
        expectKind(error, 'timeout')
      }
    })

    it("is what the caller's reason is", async () => {
      const reasons: [unknown, ErrorKind][] = [
        ['reason', 'unknown'],
        [null, 'unknown'],
        [new Error('enough'), 'unknown'],
        [Object.assign(new Error('full'), { name: 'QueueFullError' }), 'queue-full'],
      ]
      for (const [reason, kind] of reasons) {
        const error = await failureOf(fetch(plain.origin, { signal: AbortSignal.abort(reason) }))
        expect(error).toBe(reason)
        expectKind(error, kind)
      }
    })
  })
})

it.skipIf(node.major >= 8)('invalid-request: a dispatcher of another version of undici', async () => {
  const dispatcher = new npm.Agent()
  const error = await failureOf(node.fetch(plain.origin, { dispatcher }))
  expect(codesIn(error)).toEqual(['UND_ERR_INVALID_ARG'])
  expect(errorKind(error)).toBe('invalid-request')
  await dispatcher.destroy()
})

describe('npm undici with a proxy', () => {
  it('proxy: the tunnel is refused', async () => {
    const { ProxyAgent } = await import('undici')
    const port = await listen(refuse('407 Proxy Authentication Required'))
    const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${port}`, proxyTunnel: true })
    const error = await failureOf(npm.fetch('https://service.test/', { dispatcher }))
    expect(errorKind(error)).toBe('proxy')
    await dispatcher.destroy()
  })
})
