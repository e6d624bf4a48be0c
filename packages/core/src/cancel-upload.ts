import { isRequest } from './call.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

/**
 * Lets go of the body of a call that a layer ends before it is sent, as the platform does with one that is aborted: what
 * the body is read from, a file for one, is for nobody else to close. A body that somebody reads already is left alone.
 */
export function cancelUpload(input: FetchInput, init: FetchInit | undefined, reason: unknown): void {
  const body: unknown = init?.body ?? (isRequest(input) ? input.body : undefined)
  if (body instanceof ReadableStream && !body.locked) body.cancel(reason).catch(() => {})
}
