import { type ErrorKind, errorKind } from '@steadfetch/core'

/**
 * What a call says about the health of the service; undefined when nothing. An `answer` is one that blames the call
 * (4xx): it shows that somebody is there, which is all that a probe wants to know, and counts for nothing otherwise.
 */
export type Verdict = 'success' | 'failure' | 'answer'

const failures = new Set<ErrorKind>(['timeout', 'dns', 'refused', 'reset', 'network', 'tls', 'protocol'])

/** A status from 500 on is a failure of the service. A 429 is a refusal to say. */
export function verdictOnStatus(status: number): Verdict | undefined {
  if (status >= 500) return 'failure'
  if (status === 429) return undefined
  return status >= 400 ? 'answer' : 'success'
}

/**
 * A failed exchange: the network's and the clock's errors are failures of the service, and so is a caller's own
 * `AbortSignal.timeout()`. Any other abort, a mistake in the call and a refusal by another layer say nothing about it.
 */
export function verdictOnError(error: unknown, signal: AbortSignal | undefined): Verdict | undefined {
  const kind = errorKind(signal?.aborted ? signal.reason : error)
  if (kind === 'http-status') return verdictOnStatus(statusOf(error))
  return failures.has(kind) ? 'failure' : undefined
}

/** The status of an `HttpError` of a layer below, which is what is left of a response. */
function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 400
}
