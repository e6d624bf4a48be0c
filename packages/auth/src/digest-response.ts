import { byteString } from './byte-string.ts'
import type { DigestChallenge } from './digest-challenge.ts'

/** Who answers a challenge. */
export interface DigestUser {
  readonly username: string
  readonly password: string
}

/** What one answer differs in from another. */
export interface DigestRequest {
  /** As it is sent. */
  readonly method: string
  /** Path and query, as they are sent. */
  readonly uri: string
  readonly cnonce: string
  /** The how manieth request it is with this nonce, from 1 on. */
  readonly count: number
}

/** H(A1) of RFC 7616, section 3.4.2. With a session's algorithm it holds for that nonce and that cnonce. */
export function digestSecret(challenge: DigestChallenge, user: DigestUser, cnonce: string): string {
  const { hash, isSession, realm, nonce } = challenge
  const secret = hash(`${byteString(user.username)}:${realm}:${byteString(user.password)}`)
  return isSession ? hash(`${secret}:${nonce}:${cnonce}`) : secret
}

/**
 * The value of an `Authorization` header: RFC 7616, section 3.4, and without a `qop` RFC 2069, section 2.1.2.
 *
 * @param secret by {@link digestSecret}.
 */
export function digestResponse(
  challenge: DigestChallenge,
  username: string,
  secret: string,
  { method, uri, cnonce, count }: DigestRequest,
): string {
  const { hash, realm, nonce, opaque, algorithm, hasQop, isSession } = challenge
  const nc = count.toString(16).padStart(8, '0')
  const ofRequest = hash(`${method}:${uri}`)
  const response = hash([secret, nonce, ...(hasQop ? [nc, cnonce, 'auth'] : []), ofRequest].join(':'))
  const fields = [
    userOf(challenge, username),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(hasQop ? ['qop=auth', `nc=${nc}`] : []),
    ...(hasQop || isSession ? [`cnonce="${cnonce}"`] : []),
    ...(challenge.hashesUser ? ['userhash=true'] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

/** Section 3.4.4; a name that a quoted string cannot hold is written as RFC 8187 has it. */
function userOf({ hash, hashesUser, realm }: DigestChallenge, username: string): string {
  if (hashesUser) return `username="${hash(`${byteString(username)}:${realm}`)}"`
  return /^[\x20-\x7e]*$/.test(username) ? `username=${quoted(username)}` : `username*=UTF-8''${extended(username)}`
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

function extended(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}
