import { abortable, type Fetch, startTimer } from '@steadfetch/core'
import { assertText, spaceless } from './assert-text.ts'
import { AuthError } from './auth-error.ts'
import type { Authorization } from './scheme.ts'

/** What a token is asked for with. */
export interface Asking {
  /** Aborts when the token has taken too long; with no call. */
  readonly signal: AbortSignal
  /** The token that a server has refused, if that is why. */
  readonly refused: string | undefined
  /** For the calls that it takes. */
  readonly fetch: Fetch
}

/** A token as it was obtained. */
export interface Obtained {
  readonly token: string
  /** When it is no longer to be used, by `Date.now()`. @default never */
  readonly expires?: number
}

/** A token in use. It is known by its object: the same token may be obtained again. */
interface Issue {
  readonly token: string
  readonly expires: number
  readonly authorization: Authorization
}

type Outcome = { readonly issue: Issue } | { readonly failure: unknown }

/** A token that many calls share: obtained once, when the first one needs it, and once more when it is refused. */
export class TokenSource {
  readonly #scheme: string
  readonly #obtain: (asking: Asking) => Obtained | Promise<Obtained>
  readonly #timeout: number
  #issue: Issue | undefined
  #refused: string | undefined
  #flight: Promise<Outcome> | undefined

  /** @param timeout how long it may take to obtain one, in milliseconds. */
  constructor(scheme: string, obtain: (asking: Asking) => Obtained | Promise<Obtained>, timeout: number) {
    this.#scheme = scheme
    this.#obtain = obtain
    this.#timeout = timeout
  }

  /**
   * What to send: the token that there is, or the one that is being obtained.
   *
   * @throws {AuthError} of this call's own.
   */
  async authorization(fetch: Fetch): Promise<Authorization> {
    const issue = this.#issue
    if (issue !== undefined && Date.now() < issue.expires) return issue.authorization
    this.#flight ??= this.#fly(fetch)
    const outcome = await this.#flight
    if ('issue' in outcome) return outcome.issue.authorization
    throw this.#errorOf(outcome.failure)
  }

  /**
   * What to send in place of what was refused; undefined where there is nothing but the same.
   *
   * @throws {AuthError} of this call's own.
   */
  async insteadOf(sent: Authorization | undefined, fetch: Fetch): Promise<Authorization | undefined> {
    if (sent === undefined) return undefined
    // Whoever comes later with the same refusal finds it gone, or replaced.
    if (this.#issue?.authorization === sent) {
      this.#refused = this.#issue.token
      this.#issue = undefined
    }
    const next = await this.authorization(fetch)
    return next.headers?.authorization === sent.headers?.authorization ? undefined : next
  }

  /** Never rejects: it may be that nobody waits any more. */
  async #fly(fetch: Fetch): Promise<Outcome> {
    const controller = new AbortController()
    const { signal } = controller
    const timer = startTimer(this.#timeout, () => {
      controller.abort(new DOMException(`${this.#scheme}: no token within ${this.#timeout} ms`, 'TimeoutError'))
    })
    try {
      const asked = (async () => this.#obtain({ signal, refused: this.#refused, fetch }))()
      const issue = this.#issueOf(await abortable(asked, signal))
      this.#issue = issue
      return { issue }
    } catch (failure) {
      return { failure }
    } finally {
      timer.stop()
      this.#flight = undefined
    }
  }

  #issueOf({ token, expires = Number.POSITIVE_INFINITY }: Obtained): Issue {
    assertText(`${this.#scheme}: the token`, token, spaceless, 'a string of visible ASCII characters without a space')
    return { token, expires, authorization: bearerAuthorization(token) }
  }

  #errorOf(cause: unknown): AuthError {
    const known = cause instanceof AuthError ? cause : undefined
    const why = known ? `: ${known.message}` : '; the cause says why'
    const facts = { cause, status: known?.status, code: known?.code }
    return new AuthError(this.#scheme, `auth: ${this.#scheme} has got no token${why}`, facts)
  }
}

/** The header of RFC 6750, section 2.1. */
export function bearerAuthorization(token: string): Authorization {
  return { headers: { authorization: `Bearer ${token}` } }
}
