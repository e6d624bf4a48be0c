import type { Challenge } from './challenges.ts'
import { type DigestAlgorithm, digestAlgorithm } from './digest-algorithms.ts'

/** A digest challenge that can be answered: RFC 7616, section 3.3. */
export interface DigestChallenge extends DigestAlgorithm {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  /** As the server has written it; it may have left it out, for MD5. */
  readonly algorithm: string | undefined
  /** Whether the server knows of `qop="auth"`; else it is one of RFC 2069. */
  readonly hasQop: boolean
  /** Whether the user's name goes as a hash. */
  readonly hashesUser: boolean
  /** Whether it was only the nonce that the server did not like. */
  readonly isStale: boolean
}

/** The first digest challenge that can be answered: the server lists them as it prefers them (section 3.7). */
export function digestChallengeOf(challenges: readonly Challenge[]): DigestChallenge | undefined {
  for (const { scheme, parameters } of challenges) {
    const challenge = scheme === 'digest' ? answerable(parameters) : undefined
    if (challenge !== undefined) return challenge
  }
  return undefined
}

function answerable(parameters: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const nonce = parameters.get('nonce')
  const name = parameters.get('algorithm')
  const algorithm = digestAlgorithm(name ?? 'MD5')
  const qop = (parameters.get('qop') ?? '').toLowerCase().split(/[ \t,]+/)
  const hasQop = qop.includes('auth')
  // With auth-int alone the body would have to be hashed, and it may be a stream.
  if (nonce === undefined || algorithm === undefined || (!hasQop && qop.some((one) => one !== ''))) return undefined
  return {
    ...algorithm,
    realm: parameters.get('realm') ?? '',
    nonce,
    opaque: parameters.get('opaque'),
    algorithm: name,
    hasQop,
    hashesUser: isTrue(parameters.get('userhash')),
    isStale: isTrue(parameters.get('stale')),
  }
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
