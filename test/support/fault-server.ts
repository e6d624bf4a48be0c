import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { createAuthority } from './certificates.ts'
import { BadQueryError, Exchange, type Routes } from './exchange.ts'
import { breakage } from './routes/breakage.ts'
import { content } from './routes/content.ts'
import { delay } from './routes/delay.ts'
import { recovery } from './routes/recovery.ts'
import { statuses } from './routes/statuses.ts'
import { type ReceivedRequest, Traffic } from './traffic.ts'

/** A server's certificate, in PEM. */
export interface FaultServerTls {
  readonly key: string
  readonly cert: string
  /** What clients have to trust; given back as {@link FaultServer.ca}. @default `cert` */
  readonly ca?: string
  /** Asks for a client certificate and refuses those that this authority has not signed. */
  readonly clientCa?: string
}

export interface FaultServerOptions {
  /** `true` makes a valid certificate and its authority. @default false */
  readonly tls?: boolean | FaultServerTls
  /** @default 0, any free one */
  readonly port?: number
}

export type QueryParameters = Readonly<Record<string, string | number>>

/** A server on 127.0.0.1 that does whatever the URL asks for; the routes are in `routes/`. */
export interface FaultServer extends AsyncDisposable {
  /** As `http://127.0.0.1:4711`. */
  readonly origin: string
  /** The authority that a client has to trust, in PEM; absent without TLS. */
  readonly ca: string | undefined
  /** The last 1000 requests, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** Requests begun whose response is neither finished nor cut off. */
  readonly openExchanges: number
  /** The most there were at a time. A client's abort counts as open until the server has seen it. */
  readonly peakExchanges: number
  readonly openSockets: number
  /** Connections ever accepted. */
  readonly socketsSeen: number
  url(path: string, parameters?: QueryParameters): string
  /** Requests with that `key` query parameter, or all of them. */
  hits(key?: string): number
  /** Starts counting anew; the attempts of `/flaky` too. */
  reset(): void
  /** Cuts off whatever is open and resolves when all is closed. */
  close(): Promise<void>
}

const routes: Routes = { ...content, ...delay, ...breakage, ...statuses, ...recovery }

export async function startFaultServer({ tls = false, port = 0 }: FaultServerOptions = {}): Promise<FaultServer> {
  const traffic = new Traffic()
  const sockets = new Map<number | undefined, Socket>()
  const listener: RequestListener = (request, response) => {
    const tcp = sockets.get(request.socket.remotePort)
    if (tcp !== undefined) void answer(request, response, tcp, traffic)
  }
  const identity = tls === true ? validIdentity() : tls
  const server = identity === false ? http.createServer(listener) : https.createServer(tlsOptions(identity), listener)
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  server.on('connection', (socket: Socket) => {
    const { remotePort } = socket
    sockets.set(remotePort, socket)
    traffic.socketOpened()
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(remotePort)
      traffic.socketClosed()
    })
  })
  server.on('secureConnection', (socket: Socket) => socket.on('error', () => {}))
  server.on('clientError', (_, socket) => socket.destroy())

  const origin = `${identity === false ? 'http' : 'https'}://127.0.0.1:${await listen(server, port)}`
  const close = async (): Promise<void> => {
    const ended = [...sockets.values()].map(
      (socket) => new Promise((resolve) => socket.destroy().once('close', resolve)),
    )
    await Promise.all([new Promise((resolve) => server.close(resolve)), ...ended])
  }

  return {
    origin,
    ca: identity === false ? undefined : (identity.ca ?? identity.cert),
    get requests() {
      return traffic.requests
    },
    get openExchanges() {
      return traffic.openExchanges
    },
    get peakExchanges() {
      return traffic.peakExchanges
    },
    get openSockets() {
      return traffic.openSockets
    },
    get socketsSeen() {
      return traffic.socketsSeen
    },
    url: (path, parameters) => urlAt(origin, path, parameters),
    hits: (key) => traffic.hits(key),
    reset: () => traffic.reset(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A URL at `origin`, with `parameters` added to the query that `path` may have. */
export function urlAt(origin: string, path: string, parameters: QueryParameters = {}): string {
  const url = new URL(path, origin)
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, String(value))
  return url.href
}

/** Never throws: a client that goes away ends the exchange and nothing else. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tcp: Socket,
  traffic: Traffic,
): Promise<void> {
  const over = new AbortController()
  const finish = (): void => {
    if (over.signal.aborted) return
    over.abort('over')
    tcp.off('close', finish)
    traffic.exchangeOver()
  }
  tcp.setMaxListeners(0).on('close', finish)
  response.on('close', finish).on('error', () => {})
  request.on('error', () => {})

  const exchange = new Exchange(
    { request, response, tcp, traffic, signal: over.signal, finish, routes },
    request.url ?? '/',
  )
  traffic.exchangeBegun(request, exchange.key)
  try {
    await exchange.run()
  } catch (error) {
    if (over.signal.aborted) return
    if (response.headersSent) response.destroy()
    else exchange.send(error instanceof BadQueryError ? 400 : 500, `${error}\n`)
  }
}

function validIdentity(): FaultServerTls {
  const authority = createAuthority()
  return { ...authority.issue(), ca: authority.cert }
}

function tlsOptions({ key, cert, clientCa }: FaultServerTls): https.ServerOptions {
  const options = { key, cert }
  return clientCa === undefined ? options : { ...options, ca: clientCa, requestCert: true, rejectUnauthorized: true }
}

function listen(server: http.Server | https.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
