import { abortable, type Fetch, startTimer } from '@steadfetch/core'
import { assertText, spaceless } from './assert-text.ts'
import { AuthError } from './auth-error.ts'
import { Flight } from './flight.ts'
import type { Authorization, AuthRequest } from './scheme.ts'

/** What a token is asked for with. */
export interface Asking {
  /** Aborts when the token has taken too long, and when nobody waits for it any more. */
  readonly signal: AbortSignal
  /** The token that a server has refused, if that is why. */
  readonly refused: string | undefined
  /** For the calls that it takes. */
  readonly fetch: Fetch
}

/** A token as it was obtained. */
export interface Obtained {
  readonly token: string
  /** When another one is to be obtained, by `Date.now()`. @default never */
  readonly renews?: number
  /** Until when this one does where another cannot be had, by `Date.now()`. @default renews */
  readonly expires?: number
}

/** How tokens are obtained. */
export interface TokenSourceOptions {
  readonly scheme: string
  /** How long it may take to obtain one, in milliseconds. */
  readonly timeout: number
  /** What may be the matter when it takes longer. */
  readonly hint?: string
  obtain(asking: Asking): Obtained | Promise<Obtained>
}

/** Who needs a token. */
type Caller = Pick<AuthRequest, 'fetch' | 'signal'>

/** A token in use. It is known by its object: the same token may be obtained again. */
interface Issue {
  readonly token: string
  readonly renews: number
  readonly expires: number
  readonly authorization: Authorization
}

type Outcome = { readonly issue: Issue } | { readonly failure: unknown }

/** A token that many calls share: obtained once, when the first one needs it, and once more when it is refused. */
export class TokenSource {
  readonly #options: TokenSourceOptions
  #issue: Issue | undefined
  #refused: string | undefined
  #flight: Flight<Outcome> | undefined

  constructor(options: TokenSourceOptions) {
    this.#options = options
  }

  /**
   * What to send: the token that there is, or the one that is being obtained.
   *
   * @throws {AuthError} of this call's own, or the reason of its signal.
   */
  async authorization({ fetch, signal }: Caller): Promise<Authorization> {
    if (signal?.aborted) throw signal.reason
    if (this.#issue !== undefined && Date.now() < this.#issue.renews) return this.#issue.authorization
    const flight = this.#flight === undefined || this.#flight.isOver ? this.#begin(fetch) : this.#flight
    const outcome = await flight.outcome(signal)
    if ('issue' in outcome) return outcome.issue.authorization
    // It may be that only the renewal ahead of time has failed: the next call tries again.
    const left = this.#issue
    if (left !== undefined && Date.now() < left.expires) return left.authorization
    throw this.#errorOf(outcome.failure)
  }

  /**
   * What to send in place of what was refused; undefined where there is nothing but the same.
   *
   * @throws {AuthError} of this call's own, or the reason of its signal.
   */
  async insteadOf(sent: Authorization | undefined, caller: Caller): Promise<Authorization | undefined> {
    if (sent === undefined) return undefined
    // Whoever comes later with the same refusal finds it gone, or replaced.
    if (this.#issue?.authorization === sent) {
      this.#refused = this.#issue.token
      this.#issue = undefined
    }
    const next = await this.authorization(caller)
    return next.headers?.authorization === sent.headers?.authorization ? undefined : next
  }

  #begin(fetch: Fetch): Flight<Outcome> {
    const { scheme } = this.#options
    const flight = new Flight<Outcome>(
      () => new DOMException(`${scheme}: nobody waits for the token any more`, 'AbortError'),
    )
    // Before anything is asked: a function that calls through the very fetch that waits is to find it.
    this.#flight = flight
    void this.#fly(flight, fetch)
    return flight
  }

  /** Never rejects: it may be that nobody waits any more. */
  async #fly(flight: Flight<Outcome>, fetch: Fetch): Promise<void> {
    const { scheme, timeout, hint, obtain } = this.#options
    const { signal } = flight
    const timer = startTimer(timeout, () => {
      const message = `${scheme}: no token within ${timeout} ms${hint === undefined ? '' : `; ${hint}`}`
      flight.end(new DOMException(message, 'TimeoutError'))
    })
    try {
      const asked = (async () => obtain({ signal, refused: this.#refused, fetch }))()
      const issue = this.#issueOf(await abortable(asked, signal))
      this.#issue = issue
      flight.land({ issue })
    } catch (failure) {
      flight.land({ failure })
    } finally {
      timer.stop()
      if (this.#flight === flight) this.#flight = undefined
    }
  }

  #issueOf({ token, renews = Number.POSITIVE_INFINITY, expires = renews }: Obtained): Issue {
    const what = `${this.#options.scheme}: the token`
    assertText(what, token, spaceless, 'a string of visible ASCII characters without a space')
    return { token, renews, expires, authorization: bearerAuthorization(token) }
  }

  #errorOf(cause: unknown): AuthError {
    const { scheme } = this.#options
    const known = cause instanceof AuthError ? cause : undefined
    const why = known ? `: ${known.message}` : '; the cause says why'
    const facts = { cause, status: known?.status, code: known?.code, retryAt: known?.retryAt }
    return new AuthError(scheme, `auth: ${scheme} has got no token${why}`, facts)
  }
}

/** The header of RFC 6750, section 2.1. */
export function bearerAuthorization(token: string): Authorization {
  return { headers: { authorization: `Bearer ${token}` } }
}
