/** `full`: too many calls wait already. `timeout`: it has waited for too long. `closed`: the limiter was closed. */
export type QueueFullReason = 'full' | 'timeout' | 'closed'

/** How things stood when a call was refused. */
export interface Refusal {
  readonly origin: string
  readonly reason: QueueFullReason
  readonly limit: number
  readonly queued: number
  readonly waited: number
}

/** A call was not made, because it could not have a slot. Nothing was sent. */
export class QueueFullError extends Error implements Refusal {
  override readonly name = 'QueueFullError'
  /** What the limit is for: the origin, or the key that `per` has made of the URL. */
  readonly origin: string
  readonly reason: QueueFullReason
  /** How many exchanges may be under way at a time. */
  readonly limit: number
  /** How many other calls were waiting. */
  readonly queued: number
  /** How long this one has waited, in milliseconds. */
  readonly waited: number

  constructor(refusal: Refusal) {
    super(`concurrency: ${said(refusal)}`)
    const { origin, reason, limit, queued, waited } = refusal
    this.origin = origin
    this.reason = reason
    this.limit = limit
    this.queued = queued
    this.waited = waited
  }
}

function said({ origin, reason, limit, queued, waited }: Refusal): string {
  const slots = `${limit === 1 ? 'the one slot' : `one of the ${limit} slots`} of ${origin === '' ? 'all calls' : origin}`
  if (reason === 'full' && queued === 0)
    return `nobody may wait for ${slots}, and none is free; make fewer calls at a time, or raise queue or limit`
  if (reason === 'full')
    return `${queued} calls wait for ${slots} already; make fewer at a time, or raise queue or limit`
  if (reason === 'closed') return 'the limiter was closed'
  return (
    `waited ${waited} ms for ${slots}; read or cancel every body, fetch nothing while you hold one, ` +
    "or raise limit or queueTimeout, or take until: 'headers'"
  )
}
