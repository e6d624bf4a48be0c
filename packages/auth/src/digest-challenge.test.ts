import { describe, expect, it } from 'vitest'
import { parseChallenges } from './challenges.ts'
import { type DigestChallenge, digestChallengeOf } from './digest-challenge.ts'

const chosen = (header: string): DigestChallenge | undefined => digestChallengeOf(parseChallenges(header))

describe('digestChallengeOf', () => {
  it('reads all that a challenge says', () => {
    const header =
      'Digest realm="r", nonce="n", opaque="o", algorithm=SHA-256-sess, qop="auth-int, AUTH", userhash=TRUE, stale=True'
    expect(chosen(header)).toMatchObject({
      realm: 'r',
      nonce: 'n',
      opaque: 'o',
      algorithm: 'SHA-256-sess',
      isSession: true,
      hasQop: true,
      hashesUser: true,
      isStale: true,
    })
  })

  it('takes what is left out for MD5, of RFC 2069', () => {
    expect(chosen('Digest realm="r", nonce="n"')).toMatchObject({
      opaque: undefined,
      algorithm: undefined,
      isSession: false,
      hasQop: false,
      hashesUser: false,
      isStale: false,
    })
  })

  it('takes the first that it can answer, which the server likes best', () => {
    const known = 'Digest realm="r", nonce="1", algorithm=SHA-256, qop="auth", Digest realm="r", nonce="2", qop="auth"'
    expect(chosen(known)?.nonce).toBe('1')
    expect(chosen(known.replace('SHA-256', 'SHA3-512'))?.nonce).toBe('2')
    expect(chosen(known.replace('qop="auth"', 'qop="auth-int"'))?.nonce).toBe('2')
  })

  it.each([
    'Basic realm="r"',
    'Digest realm="r"',
    'Digest realm="r", nonce="n", qop="auth-int"',
    'Digest realm="r", nonce="n", algorithm=SHA3-512',
    'Digest realm="r", nonce="n", algorithm=constructor',
    'Digest realm="r", nonce="n", algorithm="-sess"',
    '',
  ])('finds nothing to answer in %s', (header) => {
    expect(chosen(header)).toBeUndefined()
  })

  it.each(['md5', 'MD5-SESS', 'sha', 'SHA-256', 'sha-256-Sess', 'SHA-512', 'SHA-512-256', 'SHA-512-256-sess'])(
    'knows the algorithm %s',
    (algorithm) => {
      const challenge = chosen(`Digest realm="r", nonce="n", algorithm=${algorithm}`)
      expect(challenge).toMatchObject({ algorithm, isSession: algorithm.toLowerCase().endsWith('-sess') })
    },
  )
})
