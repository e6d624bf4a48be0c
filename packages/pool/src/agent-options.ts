import type { PoolOptions, TlsOptions } from './pool-options.ts'

/** The longest time that timers take, in milliseconds. */
const longest = 2 ** 31 - 1

/** What undici calls options, of which only this one matters to anybody else: how to connect. */
export interface AgentOptions {
  readonly connect: object
  readonly [option: string]: unknown
}

/** undici's options for connections such as `options` describes. */
export function agentOptionsOf(options: PoolOptions): AgentOptions {
  const { connections = Infinity, keepAlive, pipelining = 1, http2 = false, unpooled, tls } = options
  return {
    ...(connections === Infinity ? {} : { connections }),
    ...(keepAlive === undefined ? {} : kept(Math.min(keepAlive, longest))),
    pipelining: unpooled ? 0 : pipelining,
    allowH2: http2,
    connect: { ...tlsOptionsOf(tls), allowH2: http2, preferH2: http2, timeout: connectTimeoutOf(options) },
  }
}

/** Whether the server says for how long it keeps connections, or not. */
function kept(time: number): object {
  return { keepAliveTimeout: time, keepAliveMaxTimeout: time }
}

/** Node's options for TLS such as `tls` describes. */
export function tlsOptionsOf({ verify, ...pems }: TlsOptions = {}): object {
  return { ...pems, ...(verify === undefined ? {} : { rejectUnauthorized: verify }) }
}

/** A time that every kind of timer takes. */
export function connectTimeoutOf({ connectTimeout = 10_000 }: PoolOptions): number {
  return Math.min(Math.ceil(connectTimeout), longest)
}
