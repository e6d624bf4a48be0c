import { errorKind } from '@steadfetch/core'
import type { ProxyUrl } from './proxy-url.ts'

/** A call did not get through its proxy. What is wrong with the server behind it is another error. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  /** The proxy, without its credentials. */
  readonly proxy: string
  /** What it answered, where it did: 407 when it wants other credentials. */
  readonly status?: number

  constructor(proxy: string, message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.proxy = proxy
    if (status !== undefined) this.status = status
  }
}

/** A proxy that has answered, and not as it should. */
export function refusal({ origin, credentials }: ProxyUrl, status: number): ProxyError {
  const asked = credentials ? 'does not accept the credentials' : 'asks for credentials; write them into its URL'
  // tinyproxy has 401 for credentials that are wrong.
  const message = status === 407 || status === 401 ? asked : `refuses to connect to the server`
  return new ProxyError(origin, `proxy: ${origin} ${message} (${status})`, { status })
}

/** A proxy that could not be reached, or not be understood, for a cause which may say so already. */
export function unreachable({ origin }: ProxyUrl, cause: unknown): ProxyError {
  if (cause instanceof ProxyError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ProxyError(origin, `proxy: ${origin} gives no connection (${errorKind(cause)}: ${why})`, { cause })
}
