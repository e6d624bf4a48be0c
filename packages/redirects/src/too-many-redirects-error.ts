import type { Redirect } from './history.ts'

/** A call was redirected more often than it may be. */
export class TooManyRedirectsError extends Error {
  override readonly name = 'TooManyRedirectsError'
  /** How many redirects are followed, as `max` says. */
  readonly max: number
  /** The redirects that were followed. */
  readonly history: readonly Redirect[]

  constructor(max: number, history: readonly Redirect[], at: URL) {
    super(`redirects: a further redirect after ${max}, at ${at.origin}${at.pathname}`)
    this.max = max
    this.history = history
  }
}
