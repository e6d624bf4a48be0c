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
    const signal = AbortSignal.timeout(timeout)
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
  const url = new URL(`socks5://${proxy.address}:${proxy.port}`)
  return (hostname, port) =>
    new Promise((resolve, reject) => {
      let isOpen = false
      const failed = (error: unknown): void => reject(targetFailure(proxy, error) ?? unreachable(proxy, error))
      const connect: buildConnector.connector = (options, callback) =>
        connector({ ...options, hostname: proxy.hostname }, (...result) => {
          const [, socket] = result
          callback(...result)
          // undici listens for an error, at which it ends its timers, and not for a proxy that hangs up.
          socket?.once('close', () => {
            if (isOpen) return
            const error = new Error('it hung up')
            if (socket.listenerCount('error') > 0) socket.emit('error', error)
            failed(error)
          })
        })
      const socks = new Socks5ProxyAgent(url, { ...proxy.credentials, connect, connectTimeout: timeout })
      const opened = (socket: Socket): void => {
        isOpen = true
        resolve(socket)
      }
      socks.createSocks5Connection(hostname, port).then(opened, failed)
    })
}

/** What a SOCKS proxy says of the server behind it, in the words of the platform. */
const codes: Record<string, string> = {
  UND_ERR_SOCKS5_REPLY_3: 'ENETUNREACH',
  UND_ERR_SOCKS5_REPLY_4: 'EHOSTUNREACH',
  UND_ERR_SOCKS5_REPLY_5: 'ECONNREFUSED',
}

function targetFailure({ origin }: ProxyUrl, cause: unknown): Error | undefined {
  const code = codes[cause instanceof Error && 'code' in cause ? String(cause.code) : '']
  return code === undefined ? undefined : Object.assign(new Error(`${origin} tells: ${code}`, { cause }), { code })
}

/** Connects as undici wants it, through a tunnel, with TLS inside it where the URL has it. */
export function connectorThrough(tunnel: Tunnel, tls: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const isTls = options.protocol === 'https:'
    const port = Number(options.port) || (isTls ? 443 : 80)
    const opened = (socket: Socket): void => {
      try {
        if (isTls) tls({ ...options, httpSocket: socket }, callback)
        else callback(null, socket)
      } catch (error) {
        // A key that is none of the certificate's, for one.
        socket.destroy()
        callback(error instanceof Error ? error : new Error(String(error)), null)
      }
    }
    tunnel(options.hostname, port).then(opened, (error: Error) => callback(error, null))
  }
}
