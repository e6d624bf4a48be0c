import { apiKey, auth, basic, bearer, digest } from '@steadfetch/auth'
import { cookies } from '@steadfetch/cookies'
import { compose, type Fetch } from '@steadfetch/core'
import { type Httpbin, httpbin, startHttpbin } from '@steadfetch/test-support/real/httpbin'
import { describeWith } from '@steadfetch/test-support/real/program'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

/** In a path it must need no escapes: httpbin hashes paths as they are without them, and none with a query. */
const right = { username: 'user', password: 'pass,word' }
const wrong = { username: 'user', password: 'wrong' }
const known = `${right.username}/${right.password}`

describeWith('httpbin', [httpbin], () => {
  let running: Httpbin
  let requests = 0
  /** The platform's fetch, and how often it is called. */
  const counted: Fetch = (input, init) => {
    requests += 1
    return fetch(input, init)
  }
  beforeAll(async () => {
    running = await startHttpbin()
  })
  afterAll(() => running[Symbol.asyncDispose]())
  beforeEach(() => {
    requests = 0
  })

  /** The status and what httpbin says of it, which is nothing where it refuses. */
  const told = async (calling: Promise<Response>): Promise<[number, unknown]> => {
    const response = await calling
    const text = await response.text()
    return [response.status, text === '' ? '' : JSON.parse(text)]
  }
  const welcome = [200, { authenticated: true, user: right.username }]

  it.each(['/basic-auth/', '/hidden-basic-auth/'])('lets in who has the right password at %s', async (route) => {
    const fetched = auth(basic({ ...right, origins: running.origin }))(counted)
    expect(await told(fetched(running.url(route + known)))).toEqual(welcome)
    expect(requests).toBe(1)
    const [status] = await told(fetched(running.url(route + known), { auth: basic(wrong) }))
    expect(status).toBe(route === '/basic-auth/' ? 401 : 404)
  })

  it('takes a bearer token, and a redirect on the way to it', async () => {
    const fetched = auth(bearer({ token: async () => 'the.token', origins: running.origin }))(counted)
    const url = running.url('/redirect-to?url=/bearer')
    expect(await told(fetched(url))).toEqual([200, { authenticated: true, token: 'the.token' }])
    expect(requests).toBe(2)
  })

  it('is sent an API key in the query', async () => {
    const fetched = auth(apiKey({ name: 'api_key', value: 'a key&', in: 'query', origins: running.origin }))(counted)
    const request = new Request(running.url('/anything?a=1'), { method: 'POST', body: 'the body' })
    const [, echo] = await told(fetched(request))
    expect(echo).toMatchObject({ args: { a: '1', api_key: 'a key&' }, data: 'the body', method: 'POST' })
    expect(echo).toMatchObject({ headers: { 'Content-Length': '8' } })
  })

  for (const algorithm of ['MD5', 'SHA-256', 'SHA-512']) {
    it(`lets in who answers its ${algorithm} challenge, with one request the second time`, async () => {
      const fetched = auth(digest({ ...right, origins: running.origin }))(counted)
      const url = running.url(`/digest-auth/auth/${known}/${algorithm}/never`)
      expect(await told(fetched(url))).toEqual(welcome)
      expect(requests).toBe(2)
      expect(await told(fetched(url))).toEqual(welcome)
      expect(requests).toBe(3)
    })

    it(`refuses a wrong password for ${algorithm} after two requests`, async () => {
      const fetched = compose(auth(digest({ ...wrong, origins: running.origin })), cookies())(counted)
      expect(await told(fetched(running.url(`/digest-auth/auth/${known}/${algorithm}/never`)))).toEqual([401, ''])
      expect(requests).toBe(2)
    })
  }

  it('lets in who answers a challenge without a qop', async () => {
    const fetched = auth(digest({ ...right, origins: running.origin }))(counted)
    expect(await told(fetched(running.url(`/digest-auth/none/${known}`)))).toEqual(welcome)
  })

  it('is not answered where it wants the body in the hash', async () => {
    const fetched = auth(digest({ ...right, origins: running.origin }))(counted)
    expect(await told(fetched(running.url(`/digest-auth/auth-int/${known}`)))).toEqual([401, ''])
    expect(requests).toBe(1)
  })

  it.each([
    // Three uses a nonce, and for each of four nonces a request that is refused.
    ['inside', 14],
    // Those that come with a 401 are not seen from there, and httpbin does not count the uses without.
    ['outside', 11],
  ])('has its stale nonces renewed, with the cookies %s that it counts by', async (place, expected) => {
    const layer = auth(digest({ ...right, origins: running.origin }))
    const fetched = place === 'inside' ? compose(layer, cookies())(counted) : compose(cookies(), layer)(counted)
    const url = running.url(`/digest-auth/auth/${known}/MD5/3`)
    for (let call = 0; call < 10; call += 1) expect(await told(fetched(url))).toEqual(welcome)
    expect(requests).toBe(expected)
  })
})
