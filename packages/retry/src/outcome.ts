import { responseOf, retryAfterOf } from '@steadfetch/core'

/** What an attempt has come to. */
export type Outcome =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown }

/** What the server has answered: the response, or that of an `HttpError` of a layer below. */
export function answerOf({ response, error }: Outcome): Response | undefined {
  return response ?? responseOf(error)
}

/**
 * How long whoever has failed asks to be left alone, in milliseconds from now: a server by its headers, a layer below by
 * the `retryAt` of its error, as an open circuit has one.
 */
export function askedWait(outcome: Outcome): number | undefined {
  const answer = answerOf(outcome)
  if (answer) return retryAfterOf(answer.headers)
  const { retryAt } = Object(outcome.error) as { retryAt?: unknown }
  if (typeof retryAt !== 'number' || Number.isNaN(retryAt)) return undefined
  // One more, as timers may be that early.
  return Math.max(0, retryAt + 1 - Date.now())
}
