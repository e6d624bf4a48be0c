import { RequestError, Server, type ServerOptions } from 'proxy-chain'
import type { Certificate } from '../certificates.ts'

/** A proxy that needs nothing but npm, and wants a password. */
export interface NpmProxy extends AsyncDisposable {
  readonly port: number
  /** What it was asked for, and let through: the method, and the URL or, for a tunnel, the address. */
  readonly asked: string[]
  readonly openConnections: number
  close(): Promise<void>
}

/** @param certificate where the proxy itself is to be spoken to by TLS. */
export async function startNpmProxy(
  user: string,
  password: string,
  certificate?: Certificate,
  host = '127.0.0.1',
): Promise<NpmProxy> {
  const asked: string[] = []
  const options: Extract<ServerOptions, { serverType?: 'http' }> = {
    port: 0,
    host,
    prepareRequestFunction: ({ request, username, password: given }) => {
      if (username !== user || given !== password) throw new RequestError('', 407, { 'proxy-authenticate': 'Basic' })
      asked.push(`${request.method} ${request.url}`)
    },
  }
  const server = new Server(certificate ? { ...options, serverType: 'https', httpsOptions: certificate } : options)
  await server.listen()
  const close = (): Promise<void> => server.close(true)
  return {
    port: server.port,
    asked,
    get openConnections() {
      return server.getConnectionIds().length
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
