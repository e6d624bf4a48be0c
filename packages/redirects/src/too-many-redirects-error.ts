import type { Redirect } from './history.ts'

/** A call was redirected more often than it may be. */
export class TooManyRedirectsError extends Error {
  override readonly name = 'TooManyRedirectsError'
  /** How many redirects are followed, as `max` says. */
  readonly max: number
  readonly #history: readonly Redirect[]

  constructor(max: number, history: readonly Redirect[]) {
    const at = URL.parse(history.at(-1)?.to ?? '')
    super(`redirects: a further redirect after ${max}${at ? `, at ${at.origin}${at.pathname}` : ''}`)
    this.max = max
    this.#history = history
  }

  /** The redirects that were followed. Not enumerable: a logger must not show URLs with secrets in them. */
  get history(): readonly Redirect[] {
    return this.#history
  }
}
