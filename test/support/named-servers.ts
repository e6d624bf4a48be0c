import { once } from 'node:events'
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { createAuthority } from './certificates.ts'

type Scheme = 'http' | 'https'

/** A request as a named server received it, to the end. */
export interface NamedRequest {
  readonly scheme: Scheme
  readonly method: string
  /** The `Host` header: the name and the port. */
  readonly host: string
  /** Path and query, as received. */
  readonly url: string
  /** By lower-case name; where there are several of a name, they are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers a request. What it throws is the answer's text, with the status 500. */
export type NamedHandler = (request: NamedRequest, response: ServerResponse) => void | Promise<void>

/** An http and an https server that answer to whatever name they are called by. */
export interface NamedServers extends AsyncDisposable {
  readonly ports: Readonly<Record<Scheme, number>>
  /** The authority that a client has to trust, in PEM. */
  readonly ca: string
  /** All of them, oldest first; empty it as you like. */
  readonly requests: NamedRequest[]
  /** The same URL, with the port of the server for its scheme: `http://a.test/` is `http://a.test:4711/`. */
  url(url: string): string
  /** Cuts off whatever is open. */
  close(): Promise<void>
}

/** @param names those that the certificate is for, each of them by itself: `*.test` is one that no client accepts. */
export async function startNamedServers(names: readonly string[], handler: NamedHandler): Promise<NamedServers> {
  const authority = createAuthority()
  const requests: NamedRequest[] = []
  const listener = (scheme: Scheme): RequestListener => {
    return async (message, response) => {
      try {
        const request = await received(scheme, message)
        requests.push(request)
        await handler(request, response)
      } catch (error) {
        if (!response.headersSent) response.writeHead(500)
        response.end(String(error))
      }
    }
  }
  const servers = {
    http: http.createServer(listener('http')),
    https: https.createServer(authority.issue({ hosts: names }), listener('https')),
  }
  const ports = { http: await listen(servers.http), https: await listen(servers.https) }
  const close = async (): Promise<void> => {
    const closed = Object.values(servers).map((server) => new Promise((resolve) => server.close(resolve)))
    for (const server of Object.values(servers)) server.closeAllConnections()
    await Promise.all(closed)
  }
  const url = (given: string): string => {
    const full = new URL(given)
    full.port = String(full.protocol === 'https:' ? ports.https : ports.http)
    return full.href
  }
  return { ports, ca: authority.cert, requests, url, close, [Symbol.asyncDispose]: close }
}

async function received(scheme: Scheme, message: IncomingMessage): Promise<NamedRequest> {
  const { method = '', url = '', headersDistinct } = message
  const headers = Object.fromEntries(
    Object.entries(headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
  )
  return { scheme, method, host: headers.host ?? '', url, headers, body: await text(message) }
}

async function listen(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}
