import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Traffic } from './traffic.ts'

const base = 'http://127.0.0.1'

/** Answers a request, well or badly. It may throw when the exchange ends under its hands. */
export type Route = (exchange: Exchange) => void | Promise<void>

/** Routes by the first segment of their path. */
export type Routes = Readonly<Record<string, Route>>

export interface ExchangeParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The TCP connection, beneath TLS if there is any. */
  readonly tcp: Socket
  readonly traffic: Traffic
  /** Aborts when the exchange is over. */
  readonly signal: AbortSignal
  /** Declares the exchange over. */
  readonly finish: () => void
  readonly routes: Routes
}

/** A query that a route cannot make sense of; the server answers 400 with the message. */
export class BadQueryError extends Error {
  override readonly name = 'BadQueryError'
}

/** One request and what a route can do with it. */
export class Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly traffic: Traffic
  /** The path and query that the route answers: those of the request, or of the route that handed over. */
  readonly url: URL
  readonly #parts: ExchangeParts

  constructor(parts: ExchangeParts, target: string) {
    this.#parts = parts
    this.request = parts.request
    this.response = parts.response
    this.traffic = parts.traffic
    this.url = URL.parse(target, base) ?? new URL(base)
  }

  /** Whether the client has got everything or has gone. */
  get over(): boolean {
    return this.#parts.signal.aborted || this.response.writableEnded
  }

  get key(): string | undefined {
    return this.text('key', '') || undefined
  }

  text(name: string, fallback: string): string {
    return this.url.searchParams.get(name) ?? fallback
  }

  /** A whole number, at least 0. */
  number(name: string, fallback: number): number {
    const text = this.text(name, String(fallback))
    if (!/^\d+$/.test(text)) throw new BadQueryError(`${name} must be a whole number, got ${JSON.stringify(text)}`)
    return Number(text)
  }

  oneOf<Name extends string>(name: string, names: readonly [Name, ...Name[]]): Name {
    const text = this.text(name, names[0])
    const found = names.find((candidate) => candidate === text)
    if (found === undefined) throw new BadQueryError(`${name} must be one of ${names.join(', ')}, got ${text}`)
    return found
  }

  /** Answers as the route of the URL does. */
  async run(): Promise<void> {
    const [, segment = ''] = this.url.pathname.split('/')
    const route = Object.hasOwn(this.#parts.routes, segment) ? this.#parts.routes[segment] : undefined
    if (route === undefined) this.send(404, `no route ${this.url.pathname}\n`)
    else await route(this)
  }

  /** Lets another route answer this request. */
  async handOver(target: string): Promise<void> {
    await new Exchange(this.#parts, target).run()
  }

  /** Waits for `ms` milliseconds; rejects when the exchange ends before. */
  async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#parts.signal })
  }

  /** Sends the headers now, and not with the first bytes of a body. To a HEAD they are the whole answer. */
  head(status: number, headers: OutgoingHttpHeaders = {}): void {
    this.response.writeHead(status, headers)
    if (this.request.method === 'HEAD') this.response.end()
    else this.response.flushHeaders()
  }

  /** Resolves when the bytes are with the operating system, so that what happens next happens after them. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.over) return
    await new Promise<void>((resolve, reject) => {
      this.response.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }

  send(status: number, body: string | Uint8Array, headers: OutgoingHttpHeaders = {}): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
    const hasLength = status !== 204 && status !== 304
    this.response.writeHead(status, hasLength ? { 'content-length': length, ...headers } : headers)
    this.response.end(body)
  }

  json(value: unknown): void {
    this.send(200, JSON.stringify(value), { 'content-type': 'application/json' })
  }

  /** Sends chunks as fast as the client reads them; a HEAD gets the headers only. */
  async stream(chunks: Iterable<string | Uint8Array>): Promise<void> {
    const { response } = this
    for (const chunk of this.request.method === 'HEAD' ? [] : chunks) {
      if (!response.write(chunk)) await once(response, 'drain', { signal: this.#parts.signal })
    }
    response.end()
  }

  /** Writes to the connection behind the back of HTTP. */
  writeRaw(text: string): void {
    this.request.socket.write(text)
  }

  /** Ends the connection in order, with a FIN, wherever the response stands. */
  close(): void {
    this.#parts.finish()
    this.request.socket.end()
  }

  /** Ends the connection with an RST. */
  reset(): void {
    this.#parts.finish()
    this.#parts.tcp.resetAndDestroy()
  }
}
