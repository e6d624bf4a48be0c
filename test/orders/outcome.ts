import { createHash } from 'node:crypto'
import { type ErrorKind, errorKind } from '@steadfetch/core'

/** What came of a call, its body included. */
export interface Outcome {
  /** `body` where the response came, and its body failed. */
  readonly failed?: 'call' | 'body'
  readonly error?: unknown
  readonly status?: number
  readonly bytes?: Uint8Array<ArrayBuffer>
}

/** Waits for the response and reads it whole. Never rejects. */
export async function outcomeOf(calling: Promise<Response>): Promise<Outcome> {
  let status: number | undefined
  try {
    const response = await calling
    status = response.status
    return { status, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch (error) {
    return status === undefined ? { failed: 'call', error } : { failed: 'body', error, status }
  }
}

/** In a few words, so that outcomes can be compared: `200, 1024 bytes, 1f8a…`, or `body after 200: reset`. */
export function summaryOf({ failed, error, status, bytes }: Outcome): string {
  if (bytes) return `${status}, ${bytes.length} bytes, ${hashOf(bytes).slice(0, 8)}`
  const kind: ErrorKind = errorKind(error)
  return failed === 'body' ? `body after ${status}: ${kind}` : `call: ${kind}`
}

export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
