import { assertOptions, inWords } from '@steadfetch/core'

/** The codes that a failed connection of Node most often has; any other may be given. */
export type NetworkErrorCode =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'ENOTFOUND'
  | 'EAI_AGAIN'
  | 'EPIPE'
  | 'ETIMEDOUT'
  | 'UND_ERR_CONNECT_TIMEOUT'
  | 'UND_ERR_HEADERS_TIMEOUT'
  | 'UND_ERR_SOCKET'
  | (string & {})

/** What Node tells of the connection that failed, beside its code. */
export interface NetworkErrorFacts {
  /** The name that was looked up. */
  hostname?: string
  /** The IP address that was connected to. @default '192.0.2.1' where connecting failed */
  address?: string
  /** The port that was connected to. @default 443 where connecting failed */
  port?: number
  /** @default as Node words it */
  message?: string
}

/** What failed, by code. */
const syscalls = new Map([
  ...['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].map((code) => [code, 'connect'] as const),
  ...['ENOTFOUND', 'EAI_AGAIN'].map((code) => [code, 'getaddrinfo'] as const),
  ['ECONNRESET', 'read'],
  ['EPIPE', 'write'],
])

/** The errors of undici, Node's HTTP client, by code: their names, and what they say. */
const errorsOfUndici = new Map([
  ['UND_ERR_CONNECT_TIMEOUT', ['ConnectTimeoutError', 'Connect Timeout Error']],
  ['UND_ERR_HEADERS_TIMEOUT', ['HeadersTimeoutError', 'Headers Timeout Error']],
  ['UND_ERR_SOCKET', ['SocketError', 'other side closed']],
])

/**
 * What Node's `fetch` rejects with when a connection fails: `TypeError: fetch failed`, with the system's or undici's
 * error as its cause. What Node tells beside the code may be given, as in
 * `networkError('ECONNREFUSED', { address: '127.0.0.1', port: 3000 })`.
 *
 * @throws {TypeError} when the code is no code, or a fact no fact.
 */
export function networkError(code: NetworkErrorCode, facts: NetworkErrorFacts = {}): TypeError {
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]+$/.test(code)) {
    throw new TypeError(`networkError: code must be one such as "ECONNRESET", got ${inWords(code)}`)
  }
  assertOptions('networkError', facts, ['hostname', 'address', 'port', 'message'])
  return new TypeError('fetch failed', { cause: causeOf(code, facts) })
}

function causeOf(code: string, facts: NetworkErrorFacts): Error {
  const [name, wording] = errorsOfUndici.get(code) ?? []
  if (name !== undefined) return Object.assign(new Error(wording), { name, code, ...facts })
  const syscall = syscalls.get(code)
  if (syscall === undefined) return Object.assign(new Error(code), { code, ...facts })
  const known = syscall === 'connect' ? { address: '192.0.2.1', port: 443, ...facts } : facts
  const { hostname, address, port } = known
  const about = [hostname, address && port ? `${address}:${port}` : address].filter(Boolean)
  return Object.assign(new Error([syscall, code, ...about].join(' ')), { code, syscall, ...known })
}
