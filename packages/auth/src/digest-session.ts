import type { DigestChallenge } from './digest-challenge.ts'
import { type DigestUser, digestResponse, digestSecret } from './digest-response.ts'
import type { Authorization, AuthRequest } from './scheme.ts'

/** A nonce in use. */
export class DigestSession {
  readonly challenge: DigestChallenge
  readonly #username: string
  readonly #secret: string
  /** One for all requests of the nonce, as the secret of an algorithm with `-sess` is made of it. */
  readonly #cnonce: string
  #count = 0

  constructor(challenge: DigestChallenge, username: string, cnonce: string, secret: string) {
    this.challenge = challenge
    this.#username = username
    this.#cnonce = cnonce
    this.#secret = secret
  }

  static of(challenge: DigestChallenge, user: DigestUser): DigestSession {
    const cnonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0'))
    const text = cnonce.join('')
    return new DigestSession(challenge, user.username, text, digestSecret(challenge, user, text))
  }

  /** Each one counts. */
  authorization({ method, url }: AuthRequest): Authorization {
    this.#count += 1
    const request = { method, uri: url.pathname + url.search, cnonce: this.#cnonce, count: this.#count }
    const headers = { authorization: digestResponse(this.challenge, this.#username, this.#secret, request) }
    return url.search === '' && url.href.endsWith('?') ? { headers, url: withoutQuery(url) } : { headers }
  }

  /** The same with another nonce, of the server's own accord. */
  next(nonce: string): DigestSession {
    return new DigestSession({ ...this.challenge, nonce }, this.#username, this.#cnonce, this.#secret)
  }
}

/** Some platforms send the question mark of an empty query, Node from 24 on, and some do not: none is what all send. */
function withoutQuery(url: URL): URL {
  const bare = new URL(url)
  bare.search = ''
  return bare
}
