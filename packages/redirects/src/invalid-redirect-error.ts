/** A response redirects to where no fetch can go. */
export class InvalidRedirectError extends Error {
  override readonly name = 'InvalidRedirectError'
  /** The status of the response. */
  readonly status: number

  constructor(status: number, at: URL | undefined, why: string) {
    super(`redirects: ${at ? at.origin + at.pathname : 'a server'} answered ${status}, but ${why}`)
    this.status = status
  }
}
