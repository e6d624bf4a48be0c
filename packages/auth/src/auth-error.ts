/** What is known of a failure to get credentials. */
export interface AuthFailure {
  /** What went wrong, the very same for every call that waited for it. */
  cause?: unknown
  /** The status of the token endpoint's response. */
  status?: number | undefined
  /** The token endpoint's error code (RFC 6749, section 5.2), as `invalid_client`. */
  code?: string | undefined
  /** Until when the token endpoint asks to be left alone, in milliseconds since the epoch. */
  retryAt?: number | undefined
}

/** The credentials of a call could not be had. No message of it has a secret in it; its `cause` is what it is. */
export class AuthError extends Error {
  override readonly name = 'AuthError'
  /** The name of the scheme. */
  readonly scheme: string
  /** The status of the token endpoint's response, where there was one that is to blame. */
  readonly status: number | undefined
  /** The token endpoint's error code (RFC 6749, section 5.2), as `invalid_client`. */
  readonly code: string | undefined
  /** Until when the token endpoint asks to be left alone (`Retry-After`), in milliseconds since the epoch. */
  readonly retryAt: number | undefined

  constructor(scheme: string, message: string, failure: AuthFailure = {}) {
    super(message, 'cause' in failure ? { cause: failure.cause } : undefined)
    this.scheme = scheme
    this.status = failure.status
    this.code = failure.code
    this.retryAt = failure.retryAt
  }
}
