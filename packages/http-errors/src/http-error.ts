import type { Problem } from './problem.ts'
import { redactedUrl } from './redacted-url.ts'
import { reasonOf } from './status-text.ts'

/** What an {@link HttpError} says, beside its response. */
export interface HttpErrorDetails {
  /** Of the call. */
  readonly method: string
  /** What has answered, secrets and all. */
  readonly url: string
  readonly problem?: Problem | undefined
}

/**
 * A server has answered with a status that tells of a failure. What is shown of the error where it is logged or
 * serialised has no secrets of the URL, and nothing of the response's headers and body.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  /**
   * The server's own words, or those that the standard has where it gave none, as over HTTP/2. As they may be shown: 100
   * characters at the most, and none that is not printable; `response.statusText` has them as they came.
   */
  readonly statusText: string
  /** The method of the call, in upper case. After a redirect the server may have been asked by GET. */
  readonly method: string
  /** What has answered, after redirects; without a user, a password, a fragment and values that have a secret name. */
  readonly url: string
  readonly #response: Response
  readonly #problem: Problem | undefined

  constructor(response: Response, { method, url, problem }: HttpErrorDetails) {
    const shown = redactedUrl(url)
    const statusText = reasonOf(response.status, response.statusText)
    super(`${method} ${shown} answered ${response.status} ${statusText}`.trimEnd())
    this.status = response.status
    this.statusText = statusText
    this.method = method
    this.url = shown
    this.#response = response
    this.#problem = problem
  }

  /** The response, its body unread. Not enumerable: a logger must not show it. */
  get response(): Response {
    return this.#response
  }

  /** What an `application/problem+json` told, where that was asked for. Not enumerable: it is the response's body. */
  get problem(): Problem | undefined {
    return this.#problem
  }

  /** What may be written to a log. */
  toJSON(): Record<'name' | 'message' | 'statusText' | 'method' | 'url', string> & { status: number } {
    const { name, message, status, statusText, method, url } = this
    return { name, message, status, statusText, method, url }
  }
}
