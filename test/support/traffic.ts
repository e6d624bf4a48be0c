import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A request as the server received it. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query, as received. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** The `key` query parameter. */
  readonly key: string | undefined
  /** `performance.now()` of the server's process when the headers had arrived, in milliseconds. */
  readonly at: number
}

const requestLimit = 1000

/** Counts what a server sees. */
export class Traffic {
  /** The last 1000 requests, oldest first. */
  readonly requests: ReceivedRequest[] = []
  openExchanges = 0
  peakExchanges = 0
  openSockets = 0
  socketsSeen = 0
  #hits = 0
  readonly #hitsByKey = new Map<string, number>()

  /** Requests with that `key`, or all of them. */
  hits(key?: string): number {
    return key === undefined ? this.#hits : (this.#hitsByKey.get(key) ?? 0)
  }

  socketOpened(): void {
    this.openSockets++
    this.socketsSeen++
  }

  socketClosed(): void {
    this.openSockets--
  }

  exchangeBegun({ method = '', url = '', headers }: IncomingMessage, key: string | undefined): void {
    this.#hits++
    if (key !== undefined) this.#hitsByKey.set(key, this.hits(key) + 1)
    if (this.requests.length === requestLimit) this.requests.shift()
    this.requests.push({ method, url, headers, key, at: performance.now() })
    this.openExchanges++
    this.peakExchanges = Math.max(this.peakExchanges, this.openExchanges)
  }

  exchangeOver(): void {
    this.openExchanges--
  }

  /** Starts counting anew. What is open stays open, and is what the peak and the sockets seen start from. */
  reset(): void {
    this.requests.length = 0
    this.#hits = 0
    this.#hitsByKey.clear()
    this.peakExchanges = this.openExchanges
    this.socketsSeen = this.openSockets
  }
}
