import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseChallenges } from './challenges.ts'
import { digestChallengeOf } from './digest-challenge.ts'
import { type DigestRequest, type DigestUser, digestResponse, digestSecret } from './digest-response.ts'

/** The fields of the answer to a challenge, as they are written. */
function answer(header: string, user: DigestUser, request: Partial<DigestRequest>): Record<string, string> {
  const challenge = digestChallengeOf(parseChallenges(header))
  if (challenge === undefined) return expect.unreachable('nothing to answer')
  const { cnonce = 'c' } = request
  const secret = digestSecret(challenge, user, cnonce)
  const whole = { method: 'GET', uri: '/', count: 1, ...request, cnonce }
  const text = digestResponse(challenge, user.username, secret, whole)
  expect(text).toMatch(/^Digest /)
  return Object.fromEntries(
    text
      .slice('Digest '.length)
      .split(', ')
      .map((field) => field.split(/=(.*)/s).slice(0, 2)),
  )
}

const mufasa = { username: 'Mufasa', password: 'Circle of Life' }

describe('the examples of RFC 7616, section 3.9.1', () => {
  const header = (algorithm: string): string =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, ` +
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'

  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('come out with %s', (algorithm, response) => {
    const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
    expect(answer(header(algorithm), mufasa, { uri: '/dir/index.html', cnonce })).toEqual({
      username: '"Mufasa"',
      realm: '"http-auth@example.org"',
      nonce: '"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"',
      uri: '"/dir/index.html"',
      algorithm,
      response: `"${response}"`,
      opaque: '"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
      qop: 'auth',
      nc: '00000001',
      cnonce: `"${cnonce}"`,
    })
  })
})

describe('the example of RFC 7616, section 3.9.2, as erratum 4897 has it', () => {
  const header =
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, charset=UTF-8, userhash=true, ' +
    'nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"'
  const user = { username: 'Jäsøn Doe', password: 'Secret, or not?' }
  const request = { uri: '/doe.json', cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v' }
  const response = '"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"'

  it('comes out with the hash of the user', () => {
    expect(answer(header, user, request)).toMatchObject({
      username: '"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"',
      userhash: 'true',
      response,
    })
  })

  it('comes out with the name of the user', () => {
    const fields = answer(header.replace('userhash=true', 'userhash=false'), user, request)
    expect(fields).toMatchObject({ 'username*': "UTF-8''J%C3%A4s%C3%B8n%20Doe", response })
    expect(fields).not.toHaveProperty('username')
    expect(fields).not.toHaveProperty('userhash')
  })
})

describe('the examples of older standards', () => {
  const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093'

  it('come out of RFC 2617, section 3.5', () => {
    const header = `Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="${nonce}"`
    const user = { username: 'Mufasa', password: 'Circle Of Life' }
    const fields = answer(header, user, { uri: '/dir/index.html', cnonce: '0a4f113b' })
    expect(fields.response).toBe('"6629fae49393a05397450978507c4ef1"')
    expect(fields).not.toHaveProperty('algorithm')
    expect(fields).not.toHaveProperty('opaque')
  })

  it('come out of RFC 2069, section 2.4, as its erratum has it', () => {
    const header = `Digest realm="testrealm@host.com", nonce="${nonce}"`
    const user = { username: 'Mufasa', password: 'CircleOfLife' }
    const fields = answer(header, user, { uri: '/dir/index.html' })
    expect(fields.response).toBe('"1949323746fe6a43ef61f9606e7febea"')
    for (const field of ['qop', 'nc', 'cnonce']) expect(fields).not.toHaveProperty(field)
  })
})

describe('digestResponse', () => {
  const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex')

  it.each(['', ', qop="auth"'])('hashes the nonces into the secret of a session%s', (qop) => {
    const fields = answer(`Digest realm="r", nonce="n", algorithm=MD5-sess${qop}`, mufasa, { method: 'PUT', count: 11 })
    const secret = md5(`${md5('Mufasa:r:Circle of Life')}:n:c`)
    const middle = qop === '' ? 'n' : 'n:0000000b:c:auth'
    expect(fields).toMatchObject({ response: `"${md5(`${secret}:${middle}:${md5('PUT:/')}`)}"`, cnonce: '"c"' })
  })

  it.each([
    ['SHA', 'sha1'],
    ['SHA-512', 'sha512'],
  ])('knows %s, which is in no standard', (algorithm, name) => {
    const hash = (text: string): string => createHash(name).update(text).digest('hex')
    const fields = answer(`Digest realm="r", nonce="n", algorithm=${algorithm}`, mufasa, {})
    expect(fields.response).toBe(`"${hash(`${hash('Mufasa:r:Circle of Life')}:n:${hash('GET:/')}`)}"`)
  })

  it('escapes what a quoted string needs, and hashes it without', () => {
    const user = { username: 'a"b\\c', password: '"' }
    const fields = answer('Digest realm="q\\"\\\\", nonce="n"', user, {})
    expect(fields).toMatchObject({
      username: '"a\\"b\\\\c"',
      realm: '"q\\"\\\\"',
      response: `"${md5(`${md5('a"b\\c:q"\\:"')}:n:${md5('GET:/')}`)}"`,
    })
  })

  it('hashes the very bytes of a realm, and a password in UTF-8', () => {
    const bytes = Buffer.from('Räume', 'utf8').toString('latin1')
    const fields = answer(`Digest realm="${bytes}", nonce="n"`, { username: 'u', password: 'pä€' }, {})
    expect(fields.response).toBe(`"${md5(`${md5('u:Räume:pä€')}:n:${md5('GET:/')}`)}"`)
    expect(fields.realm).toBe(`"${bytes}"`)
  })

  it('counts in eight hexadecimal digits', () => {
    expect(answer('Digest realm="r", nonce="n", qop=auth', mufasa, { count: 0x1234abcd }).nc).toBe('1234abcd')
  })

  it('writes a name that no quoted string can hold as RFC 8187 has it', () => {
    const fields = answer('Digest realm="r", nonce="n"', { username: "Jörg (O'Neill)*!", password: '' }, {})
    expect(fields['username*']).toBe("UTF-8''J%C3%B6rg%20%28O%27Neill%29%2A%21")
  })
})
