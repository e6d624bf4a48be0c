import { describe, expect, it } from 'vitest'
import { parseChallenges, parseParameters } from './challenges.ts'

/** In the form that a test shows best. */
function parsed(header: string): unknown[] {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
}

describe('parseChallenges', () => {
  it.each([
    ['Basic realm="simple"', [['basic', { realm: 'simple' }]]],
    ['Basic', [['basic', {}]]],
    ['DIGEST Realm=a, NONCE="b"', [['digest', { realm: 'a', nonce: 'b' }]]],
    ['Digest realm = "a" , nonce\t=\tb', [['digest', { realm: 'a', nonce: 'b' }]]],
    ['Digest realm="a, b=c, Basic d", nonce=e', [['digest', { realm: 'a, b=c, Basic d', nonce: 'e' }]]],
    ['Digest realm="say \\"hi\\" \\\\ \\x"', [['digest', { realm: 'say "hi" \\ x' }]]],
    ['Digest realm=""', [['digest', { realm: '' }]]],
    ['Digest a=1, a=2', [['digest', { a: '1' }]]],
    [',, Digest a=1,, ,b=2 ,', [['digest', { a: '1', b: '2' }]]],
    ['Digest constructor=1', [['digest', { constructor: '1' }]]],
    ['', []],
    ['  , ,', []],
  ])('reads %s', (header, challenges) => {
    expect(parsed(header)).toEqual(challenges)
  })

  it('reads the example of RFC 9110, section 11.6.1', () => {
    const header = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'
    expect(parsed(header)).toEqual([
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ])
  })

  it('tells a token68 from a scheme and from a parameter', () => {
    const header = 'Negotiate a87421000492aa874209af8bc028==, NTLM, Basic realm=x, Other ab+/c-._~='
    expect(parsed(header)).toEqual([
      ['negotiate', {}],
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
      ['other', {}],
    ])
  })

  it('reads several headers as the platform joins them', () => {
    const headers = new Headers()
    headers.append('www-authenticate', 'Digest realm="a", nonce="b", qop="auth,auth-int"')
    headers.append('www-authenticate', 'Basic realm="a"')
    expect(parsed(headers.get('www-authenticate') ?? '')).toEqual([
      ['digest', { realm: 'a', nonce: 'b', qop: 'auth,auth-int' }],
      ['basic', { realm: 'a' }],
    ])
  })

  it.each([
    ['realm="of nothing"', []],
    ['"quoted" Digest a=1', []],
    ['"quoted", Digest a=1', [['digest', { a: '1' }]]],
    ['Digest a="open, b=1', [['digest', { a: '"open', b: '1' }]]],
    ['Digest a=1 b=2', [['digest', { a: '1', b: '2' }]]],
    ['Digest a=(), @@@, b=2', [['digest', { a: '()', b: '2' }]]],
  ])('leaves out what is malformed in %s', (header, challenges) => {
    expect(parsed(header)).toEqual(challenges)
  })

  it.each(['a=', 'a="', 'a ', 'a,', '"', '\\', '=', ' ', 'x="\\"', 'a b'])(
    'does not take the square of the time for 100,000 times %j',
    (piece) => {
      expect(parseChallenges(`Basic, Digest ${piece.repeat(100_000)}`)[0]?.scheme).toBe('basic')
    },
    5000,
  )
})

describe('parseParameters', () => {
  it('reads a list without a scheme', () => {
    const header = 'nextnonce="a, b", qop=auth, rspauth="00", nc=00000001'
    expect(Object.fromEntries(parseParameters(header))).toEqual({
      nextnonce: 'a, b',
      qop: 'auth',
      rspauth: '00',
      nc: '00000001',
    })
  })

  it('reads an empty one', () => {
    expect([...parseParameters('')]).toEqual([])
  })
})
