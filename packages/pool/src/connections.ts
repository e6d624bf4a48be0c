/// <reference path="./undici.d.ts" />
import { startTimer } from '@steadfetch/core'
import type { Pool as UndiciPool } from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { AgentOptions } from './agent-options.ts'
import { type Dispatches, Refusal } from './any-fetch.ts'
import { Sockets } from './sockets.ts'

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

/** All that connects for one layer, to be counted and closed together. What is called an option here is undici's. */
export class Connections {
  readonly #layer: string
  readonly #pools = new Map<UndiciPool, string>()
  readonly #sockets = new Sockets()
  #underWay = 0
  #idle: (() => void) | undefined
  #closing: Promise<void> | undefined
  #over = false

  constructor(layer: string) {
    this.#layer = layer
  }

  /** To whichever origin. */
  agent(options: AgentOptions): Dispatches {
    const connect = typeof options.connect === 'function' ? options.connect : this.connector(options.connect)
    const factory = (origin: string | URL, options: object): UndiciPool => this.#pool(String(origin), options)
    return new Agent({ ...options, ...{ connect }, factory })
  }

  /** To one origin. */
  pool(origin: string, options: object): Dispatches {
    return this.#pool(origin, options)
  }

  /** Opens what is closed with the rest. */
  connector(options: object): object {
    return this.#sockets.connector(options)
  }

  #pool(origin: string, options: object): UndiciPool {
    if (this.#over) throw this.#refusal()
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
      const { connected, running, pending } = pool.stats
      const sum = byOrigin[origin] ?? { open: 0, idle: 0, running: 0, waiting: 0 }
      byOrigin[origin] = {
        open: sum.open + connected,
        idle: sum.idle + Math.max(0, connected - running),
        running: sum.running + running,
        waiting: sum.waiting + pending,
      }
    }
    return byOrigin
  }

  /** An exchange has begun; returns what to call when its body is over, which may be called more than once. */
  enter(): () => void {
    this.#underWay += 1
    let left = false
    return () => {
      if (left) return
      left = true
      this.#underWay -= 1
      if (this.#underWay === 0) this.#idle?.()
    }
  }

  /**
   * Lets what is under way finish, for so long in milliseconds, and ends what is not over then. May be called again,
   * with a shorter time for one.
   */
  async close(grace: number): Promise<void> {
    const timer = startTimer(grace, () => this.#end())
    this.#closing ??= this.#close()
    await this.#closing
    timer.stop()
  }

  /** Without undici's own close, which refuses redirects of what is under way, and waits for bodies that nobody reads. */
  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      if (this.#underWay === 0) resolve()
    })
    this.#end()
    await this.#sockets.closed()
  }

  #end(): void {
    this.#over = true
    const refusal = this.#refusal()
    for (const pool of this.#pools.keys()) pool.destroy(refusal).catch(() => {})
    this.#sockets.end(refusal)
    this.#idle?.()
  }

  #refusal(): Refusal {
    return new Refusal(`${this.#layer}: it was closed, and this call took longer than the grace`)
  }
}

function isOver({ closed, destroyed }: UndiciPool): boolean {
  return closed || destroyed
}
