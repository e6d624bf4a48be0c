/// <reference path="./undici.d.ts" />
import { isIPv6, type Socket } from 'node:net'
import type { Dispatches } from '@steadfetch/pool'
import type { buildConnector } from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import Socks5ProxyAgent from 'undici/lib/dispatcher/socks5-proxy-agent.js'
import { refusal, unreachable } from './proxy-error.ts'
import { authorizationOf, type ProxyUrl } from './proxy-url.ts'

/** Opens a connection through a proxy. What goes wrong with the proxy is a `ProxyError`. */
export type Tunnel = (hostname: string, port: number) => Promise<Socket>

/** By the method CONNECT. */
export function httpTunnel(proxy: ProxyUrl, dispatcher: Dispatches, timeout: number): Tunnel {
  const authorization = authorizationOf(proxy)
  return async (hostname, port) => {
    const path = `${isIPv6(hostname) ? `[${hostname}]` : hostname}:${port}`
    const headers = { host: path, ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }) }
    const signal = AbortSignal.timeout(Math.min(timeout, 2 ** 31 - 1))
    const request = { origin: proxy.origin, path, headers, signal, servername: proxy.hostname }
    const answer = await Reflect.apply(connect, dispatcher, [request]).catch((error: unknown) => {
      throw unreachable(proxy, error)
    })
    if (answer.statusCode === 200) return answer.socket as Socket
    answer.socket.on('error', () => {}).destroy()
    throw refusal(proxy, answer.statusCode)
  }
}

/** By SOCKS5; the proxy looks the name up. */
export function socksTunnel(proxy: ProxyUrl, connector: buildConnector.connector, timeout: number): Tunnel {
  const { hostname, port, credentials } = proxy
  const socks = new Socks5ProxyAgent(new URL(`socks5://${hostname}:${port}`), {
    ...credentials,
    connect: connector,
    connectTimeout: timeout,
  })
  return async (hostname, port) => {
    try {
      return await socks.createSocks5Connection(hostname, port)
    } catch (error) {
      const code = targetFailures[codeOf(error)]
      throw code
        ? Object.assign(new Error(`${proxy.origin} tells: ${code}`, { cause: error }), { code })
        : unreachable(proxy, error)
    }
  }
}

/** What a SOCKS proxy says of the server behind it, in the words of the platform. */
const targetFailures: Record<string, string> = {
  UND_ERR_SOCKS5_REPLY_3: 'ENETUNREACH',
  UND_ERR_SOCKS5_REPLY_4: 'EHOSTUNREACH',
  UND_ERR_SOCKS5_REPLY_5: 'ECONNREFUSED',
}

/** Connects as undici wants it, through a tunnel, with TLS inside it where the URL has it. */
export function connectorThrough(tunnel: Tunnel, tls: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const isTls = options.protocol === 'https:'
    const port = Number(options.port) || (isTls ? 443 : 80)
    tunnel(options.hostname, port).then(
      (socket) => (isTls ? tls({ ...options, httpSocket: socket }, callback) : callback(null, socket)),
      (error: Error) => callback(error, null),
    )
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
