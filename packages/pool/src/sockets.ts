/// <reference path="./undici.d.ts" />
import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import build from 'undici/lib/core/connect.js'

/** Sockets from the moment that they begin to connect, which undici does not know of, until they are closed. */
export class Sockets {
  readonly #open = new Set<Socket>()
  #emptied: (() => void) | undefined

  /** undici's, for the options that it has for it. */
  connector(options: object): buildConnector.connector {
    const connect = build(options)
    return (target, callback) => {
      const socket = connect(target, callback)
      this.#open.add(socket)
      socket.once('close', () => {
        this.#open.delete(socket)
        if (this.#open.size === 0) this.#emptied?.()
      })
    }
  }

  /** Ends them all, for a reason that those who wait for one are told. */
  end(reason: Error): void {
    for (const socket of this.#open) socket.destroy(reason)
  }

  /** Resolves when there is none left. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.size === 0) resolve()
      else this.#emptied = resolve
    })
  }
}
