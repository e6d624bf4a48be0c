/** A response redirects to where no fetch can go. */
export class InvalidRedirectError extends Error {
  override readonly name = 'InvalidRedirectError'
  /** The status of the response. */
  readonly status: number

  constructor(status: number, at: URL, why: string, options?: ErrorOptions) {
    super(`redirects: ${at.origin}${at.pathname} answered ${status}, but ${why}`, options)
    this.status = status
  }
}
