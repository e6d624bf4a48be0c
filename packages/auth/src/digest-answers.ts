import { Keyed } from '@steadfetch/core'
import { parseChallenges, parseParameters } from './challenges.ts'
import { type DigestChallenge, digestChallengeOf } from './digest-challenge.ts'
import type { DigestUser } from './digest-response.ts'
import { DigestSession } from './digest-session.ts'
import type { Authorization, AuthRequest } from './scheme.ts'

/** For how many origins a nonce is kept. */
const mostOrigins = 100

/** The nonces that there are, and the answers that are made with them. */
export class DigestAnswers {
  readonly #user: DigestUser
  readonly #spaces = new Keyed<{ session?: DigestSession | undefined }>(() => ({}), { most: mostOrigins })
  readonly #sessions = new WeakMap<Authorization, DigestSession>()

  constructor(user: DigestUser) {
    this.#user = user
  }

  authorization(request: AuthRequest): Authorization | undefined {
    const session = this.#spaces.peek(request.url.origin)?.session
    return session && this.#answer(session, request)
  }

  insteadOf(response: Response, request: AuthRequest, sent: Authorization | undefined): Authorization | undefined {
    const challenge = digestChallengeOf(parseChallenges(response.headers?.get?.('www-authenticate') ?? ''))
    if (challenge === undefined) return undefined
    const space = this.#spaces.of(request.url.origin)
    const used = sent && this.#sessions.get(sent)
    if (used === undefined) {
      // Of many requests that go out at once, the first to be refused brings the nonce for all.
      if (!isOfSameSpace(space.session?.challenge, challenge)) space.session = DigestSession.of(challenge, this.#user)
      return space.session && this.#answer(space.session, request)
    }
    const isAnother = challenge.nonce !== used.challenge.nonce || !isOfSameSpace(used.challenge, challenge)
    // A nonce from an earlier call may be one that the server has forgotten, whether it says so or not.
    if (isAnother && (challenge.isStale || request.refusals === 0)) {
      // Its own, and not one that others brought: of a server whose nonces hold once, that would be stale again.
      const session = DigestSession.of(challenge, this.#user)
      space.session = session
      return this.#answer(session, request)
    }
    if (space.session === used) space.session = undefined
    return undefined
  }

  /** The server may name the nonce that it wants next: RFC 7616, section 3.5. */
  noteNext(response: Response, request: AuthRequest, sent: Authorization | undefined): void {
    const used = sent && this.#sessions.get(sent)
    const info = used && response.headers?.get?.('authentication-info')
    const nonce = info ? parseParameters(info).get('nextnonce') : undefined
    if (used === undefined || nonce === undefined || nonce === used.challenge.nonce) return
    const space = this.#spaces.of(request.url.origin)
    if (space.session === used) space.session = used.next(nonce)
  }

  #answer(session: DigestSession, request: AuthRequest): Authorization {
    const authorization = session.authorization(request)
    this.#sessions.set(authorization, session)
    return authorization
  }
}

function isOfSameSpace(one: DigestChallenge | undefined, other: DigestChallenge): boolean {
  return one?.realm === other.realm && one.algorithm === other.algorithm
}
