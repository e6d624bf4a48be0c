import { createServer, type RequestListener } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { createAuthority } from '../../test/support/certificates.ts'
import type { Protocol } from './contestants.ts'
import { keepAlive as keepAliveTimeout } from './keep-alive.ts'
import { type PathCounts, SocketCount } from './socket-count.ts'

/** The first message: what to serve. */
export interface ServerOptions {
  readonly protocols: readonly Protocol[]
}

/** The answer to it. To any further message the answer is what was counted, by path. */
export interface ServerOpening {
  /** As `http://127.0.0.1:4711`. */
  readonly origins: Readonly<Partial<Record<Protocol, string>>>
  /** What has to be trusted, in PEM. */
  readonly ca: string
}

/** The program of the embedded server: on loopback alone, and only as long as there is a channel to its parent. */

const body = JSON.stringify({ id: 42, name: 'steadfetch', tags: ['one', 'two'], note: 'x'.repeat(950) })
const headers = { 'content-type': 'application/json', 'content-length': body.length }
const counts = new SocketCount()

process.on('disconnect', () => process.exit())
process.once('message', async ({ protocols }: ServerOptions) => {
  const authority = createAuthority('steadfetch benchmark authority')
  const secure = { ...authority.issue(), allowHTTP1: true, keepAliveTimeout }
  const origins: Partial<Record<Protocol, string>> = {}
  for (const protocol of protocols) {
    const server =
      protocol === 'http' ? createServer({ keepAliveTimeout }, respond) : createSecureServer(secure, respondSecurely)
    origins[protocol] = `${protocol}://127.0.0.1:${await listen(server)}`
  }
  process.on('message', () => answer(counts.byPath()))
  answer({ origins, ca: authority.cert })
})

const respond: RequestListener = (request, response) => {
  counts.add(request.url, request.socket)
  response.writeHead(200, headers)
  response.end(body)
}

function respondSecurely(request: Http2ServerRequest, response: Http2ServerResponse): void {
  counts.add(request.url, request.httpVersion === '2.0' ? request.stream.session : request.socket)
  response.writeHead(200, headers)
  response.end(body)
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function answer(message: ServerOpening | Record<string, PathCounts>): void {
  // The parent may have gone meanwhile: then `disconnect` is on its way.
  process.send?.(message, undefined, undefined, () => {})
}
