import {
  agentOptionsOf,
  type Connections,
  connectTimeoutOf,
  type Dispatches,
  type PoolOptions,
  Refusal,
  type TlsOptions,
  tlsOptionsOf,
} from '@steadfetch/pool'
import type { buildConnector, Dispatcher } from 'undici'
import { type Dispatch, forwarding } from './forwarding.ts'
import { unreachable } from './proxy-error.ts'
import type { ProxyUrl } from './proxy-url.ts'
import type { Choice } from './settings.ts'
import { connectorThrough, httpTunnel, socksTunnel, type Tunnel } from './tunnel.ts'

/** Sends each request, that of a redirect too, the way that its URL is to go. */
export class Routes {
  readonly #choice: Choice
  readonly #connections: Connections
  readonly #options: PoolOptions
  readonly #proxyTls: TlsOptions | undefined
  readonly #direct: Dispatches
  readonly #ways = new Map<string, Dispatch>()

  constructor(choice: Choice, connections: Connections, options: PoolOptions, proxyTls: TlsOptions | undefined) {
    this.#choice = choice
    this.#connections = connections
    this.#options = options
    this.#proxyTls = proxyTls
    this.#direct = connections.agent(agentOptionsOf(options))
  }

  /** What fetch calls. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const url = new URL(String(options.origin))
    const proxy = this.#choice(url)
    if (!proxy) return this.#direct.dispatch(options, handler)
    if (Object.keys(options.headers ?? {}).some((name) => name.toLowerCase() === 'proxy-authorization')) {
      throw new Refusal('proxy: the credentials belong into the URL of the proxy; a header may come to the server')
    }
    const isForwarded = url.protocol === 'http:' && proxy.kind !== 'socks'
    const name = `${isForwarded ? 'forward' : 'tunnel'} ${proxy.origin} ${JSON.stringify(proxy.credentials)}`
    const way = this.#ways.get(name) ?? (isForwarded ? this.#forwarding(proxy) : this.#tunnelling(proxy))
    this.#ways.set(name, way)
    return way(options, handler)
  }

  #forwarding(proxy: ProxyUrl): Dispatch {
    return forwarding(proxy, this.#toProxy(proxy, agentOptionsOf(this.#options)))
  }

  #tunnelling(proxy: ProxyUrl): Dispatch {
    const { connect, ...options } = agentOptionsOf(this.#options)
    const timeout = connectTimeoutOf(this.#options)
    const secured = this.#connections.connector(connect) as buildConnector.connector
    const tunnel: Tunnel =
      proxy.kind === 'socks'
        ? socksTunnel(proxy, this.#connector(proxy), timeout)
        : httpTunnel(proxy, this.#toProxy(proxy, {}), timeout)
    const agent = this.#connections.agent({ ...options, connect: connectorThrough(tunnel, secured) })
    return (options, handler) => agent.dispatch(options, handler)
  }

  /** The way to a tunnel has no bound: what is bounded is the tunnels, for each server. */
  #toProxy(proxy: ProxyUrl, options: object): Dispatches {
    return this.#connections.pool(proxy.origin, { ...options, allowH2: false, connect: this.#connector(proxy) })
  }

  /** Connects to the proxy itself. */
  #connector(proxy: ProxyUrl): buildConnector.connector {
    const tls = { ...tlsOptionsOf(this.#proxyTls), allowH2: false, timeout: connectTimeoutOf(this.#options) }
    const connect = this.#connections.connector(tls) as buildConnector.connector
    // The name is that of the proxy, whatever the request is for; TLS has none for an address.
    const { servername } = proxy
    return ({ servername: _, ...target }, callback) =>
      connect({ ...target, ...(servername === undefined ? {} : { servername }) }, (error, socket) =>
        error ? callback(unreachable(proxy, error), null) : callback(null, socket),
      )
  }
}
