import type { Fetch } from '@steadfetch/core'
import type { Origins } from './origins.ts'

/** A way to authorize requests: what `basic()` and the others make, and what you may write yourself. */
export interface AuthScheme {
  /** As it is called in errors. */
  readonly name: string
  /** Where the credentials may go. Without it they go to the origin of the call that they are given with. */
  readonly origins?: Origins | undefined
  /** The header that they go in. A call that has it already is the caller's own affair, and the scheme is not asked. */
  readonly header?: string | undefined
  /**
   * What authorizes a request. Asked whenever one is about to be sent to where the credentials may go; undefined sends
   * it as it is.
   */
  authorize(request: AuthRequest): Authorization | undefined | Promise<Authorization | undefined>
  /**
   * Told of a 401 and of what the request was sent with: what to send it with instead, once more. The response is thrown
   * away in that case, by whoever asks. With undefined, and without this function, the 401 stands.
   */
  refused?(
    response: Response,
    request: AuthRequest,
    sent: Authorization | undefined,
  ): Authorization | undefined | Promise<Authorization | undefined>
  /** Told of a response that is no 401. Its body is the caller's. */
  answered?(response: Response, request: AuthRequest, sent: Authorization | undefined): void
  /** What of a URL that leads elsewhere is this scheme's own, and must not go there: the URL without it. */
  withheld?(url: URL): URL
}

/** A request that is about to be sent. */
export interface AuthRequest {
  /** Without its fragment. */
  readonly url: URL
  /** As it is sent: platforms write `get` in upper case, and leave `patch` as it is. */
  readonly method: string
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  /** How often this request has been refused before it was sent the last time. */
  readonly refusals: number
  /** The fetch below, without authorization, for the calls that a scheme makes itself. */
  readonly fetch: Fetch
}

/** What is added to a request. */
export interface Authorization {
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the request's own. */
  readonly url?: URL
}
