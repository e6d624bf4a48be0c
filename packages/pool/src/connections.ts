/// <reference path="./undici.d.ts" />
import { startTimer } from '@steadfetch/core'
import type { Pool as UndiciPool } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { Dispatches } from './any-fetch.ts'
import type { PoolOptions, TlsOptions } from './pool-options.ts'

/** What the connections to an origin are doing. */
export interface OriginStats {
  /** The connections that are open. */
  open: number
  /** Those of them that nobody uses. */
  idle: number
  /** The requests under way. */
  running: number
  /** The requests that wait for a connection. */
  waiting: number
}

/** The longest time that undici's timers take. */
const longest = 2 ** 31 - 1

/** undici's options for connections such as `options` describes. */
export function agentOptionsOf(options: PoolOptions): object {
  const { connections = Infinity, keepAlive, pipelining = 1, http2 = false, connectTimeout, unpooled, tls } = options
  return {
    connections: connections === Infinity ? null : connections,
    pipelining: unpooled ? 0 : pipelining,
    allowH2: http2,
    ...(keepAlive === undefined ? {} : kept(Math.min(keepAlive, longest))),
    connect: {
      ...tlsOptionsOf(tls),
      ...(http2 ? { preferH2: true } : {}),
      ...(connectTimeout === undefined ? {} : { timeout: Math.min(connectTimeout, longest) }),
    },
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

/** All that connects for one layer, to be counted and closed together. */
export class Connections {
  readonly #pools = new Map<UndiciPool, string>()

  /** To whichever origin; the options are undici's. */
  agent(options: object): Dispatches {
    return new Agent({ ...options, factory: (origin, options) => this.#pool(String(origin), options) })
  }

  /** To one origin; the options are undici's. */
  pool(origin: string, options: object): Dispatches {
    return this.#pool(origin, options)
  }

  #pool(origin: string, options: object): UndiciPool {
    // undici closes those whose last connection has ended, and says so to nobody.
    for (const pool of this.#pools.keys()) if (isOver(pool)) this.#pools.delete(pool)
    const pool = new Pool(origin, options)
    this.#pools.set(pool, new URL(origin).origin)
    return pool
  }

  stats(): Record<string, OriginStats> {
    const byOrigin: Record<string, OriginStats> = {}
    for (const [pool, origin] of this.#pools) {
      if (isOver(pool)) continue
      const { connected, free, running, pending } = pool.stats
      const sum = byOrigin[origin] ?? { open: 0, idle: 0, running: 0, waiting: 0 }
      byOrigin[origin] = {
        open: sum.open + connected,
        idle: sum.idle + free,
        running: sum.running + running,
        waiting: sum.waiting + pending,
      }
    }
    return byOrigin
  }

  /** Lets what is under way finish, for so long in milliseconds, and ends what is not over then. */
  async close(grace: number): Promise<void> {
    const pools = [...this.#pools.keys()].filter((pool) => !isOver(pool))
    const end = (): void => {
      for (const pool of pools)
        void pool.destroy(new Error('pool: closed, and this exchange took longer than the grace'))
    }
    const timer = startTimer(grace, end)
    await Promise.all(pools.map((pool) => pool.close()))
    timer.stop()
  }
}

function isOver({ closed, destroyed }: UndiciPool): boolean {
  return closed || destroyed
}
