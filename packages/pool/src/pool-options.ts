import { assertDuration, assertOptions, assertWhole, inWords } from '@steadfetch/core'

/** Certificates and keys: the text of a PEM file, or its bytes. */
export type Pem = string | Uint8Array

/** Whom to trust, and who to be. */
export interface TlsOptions {
  /** The authorities to trust, in place of those that the runtime trusts. */
  ca?: Pem | readonly Pem[]
  /** The client's own certificate, for a server that asks for one. */
  cert?: Pem
  /** The key of `cert`. */
  key?: Pem
  /**
   * Whether the server's certificate is checked. `false` is open to anybody on the way who wants to read and to change
   * what is sent: for tests alone.
   * @default true
   */
  verify?: boolean
}

/** Options of the connections. Durations are in milliseconds. */
export interface PoolOptions {
  /** How many connections there may be to an origin; further calls wait for one. @default Infinity */
  connections?: number
  /**
   * How long a connection that nobody uses is kept; not as long where the server says so.
   * @default 4000, or what the server says, up to 600000
   */
  keepAlive?: number
  /** How many requests may be under way on one connection, one after the other (HTTP/1.1). @default 1 */
  pipelining?: number
  /** Whether to use HTTP/2 with servers that offer it: only where the fetch below can. @default false */
  http2?: boolean
  /** How long a connection may take to be made, TLS included; in steps of half a second. @default 10000 */
  connectTimeout?: number
  /** Whom to trust, and who to be. */
  tls?: TlsOptions
  /** A new connection for every request. @default false */
  unpooled?: boolean
}

const names = ['connections', 'keepAlive', 'pipelining', 'http2', 'connectTimeout', 'tls', 'unpooled'] as const

/** @throws {TypeError | RangeError} that names the layer and the option. */
export function assertPoolOptions(layer: string, options: PoolOptions): void {
  assertOptions(layer, options, names)
  const { connections = Infinity, keepAlive = 1, pipelining = 1, connectTimeout = 1, tls } = options
  if (connections !== Infinity) assertWhole(`${layer}: connections`, connections, 1)
  assertDuration(`${layer}: keepAlive`, keepAlive)
  assertWhole(`${layer}: pipelining`, pipelining, 1)
  assertDuration(`${layer}: connectTimeout`, connectTimeout)
  for (const name of ['http2', 'unpooled'] as const) assertFlag(`${layer}: ${name}`, options[name])
  if (options.unpooled) {
    const other = (['keepAlive', 'pipelining', 'http2'] as const).find((name) => options[name])
    if (other) throw new TypeError(`${layer}: unpooled uses a connection once, so ${other} means nothing beside it`)
  }
  if (tls !== undefined) assertTls(`${layer}: tls`, tls)
}

/** @throws {TypeError} that names the option. */
export function assertTls(what: string, tls: TlsOptions): void {
  assertOptions(what, tls, ['ca', 'cert', 'key', 'verify'])
  const { ca = [], cert, key } = tls
  for (const authority of Array.isArray(ca) ? ca : [ca]) assertPem(`${what}.ca`, authority, 'CERTIFICATE')
  if (cert !== undefined) assertPem(`${what}.cert`, cert, 'CERTIFICATE')
  if (key !== undefined) assertPem(`${what}.key`, key, 'PRIVATE KEY')
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError(`${what}.${cert ? 'cert' : 'key'} needs a ${cert ? 'key' : 'cert'} beside it`)
  }
  assertFlag(`${what}.verify`, tls.verify)
}

function assertFlag(what: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError(`${what} must be true or false, got ${inWords(value)}`)
  }
}

/** A path is the commonest mistake, and a key must not be quoted. */
function assertPem(what: string, value: unknown, kind: 'CERTIFICATE' | 'PRIVATE KEY'): void {
  const isText = typeof value === 'string'
  if (!isText && !(value instanceof Uint8Array)) {
    throw new TypeError(`${what} must be the text or the bytes of a PEM file, got ${inWords(value)}`)
  }
  const text = isText ? value : new TextDecoder().decode(value)
  if (text.includes(`${kind}-----`)) return
  throw new TypeError(`${what} must be the text of a PEM file with a ${kind}: give what the file holds, not its path`)
}
