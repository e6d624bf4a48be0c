import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fetch } from '@steadfetch/core'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auth, UnreplayableBodyError } from './auth.ts'
import { digest } from './digest.ts'

expectNoUnhandledRejection()

const username = 'Müfasa "x"'
const password = 'Circle: of Life €'
const realm = 'a "realm", of sorts'

/** What a digest server of one's own does differently. */
interface Ways {
  algorithm?: string
  qop?: string
  userhash?: boolean
  /** How often a nonce is good. */
  uses?: number
  /** What a header has in it beside the challenge. */
  before?: string
  /** Names the next nonce in every answer. */
  nextnonce?: boolean
  /** A nonce that it does not know is not stale to it. */
  silent?: boolean
}

/** A server that checks every answer with Node's own hashes, and every count. */
class DigestServer {
  ways: Ways = {}
  /** The nonce and the count of each request that was let in. */
  readonly accepted: [nonce: string, count: number][] = []
  readonly bodies: string[] = []
  requests = 0
  /** Requests with an answer to a challenge. */
  answers = 0
  challenges = 0
  #nonces = new Map<string, { first: string; left: number; counts: Set<number> }>()
  readonly #server: Server

  constructor() {
    this.#server = createServer(async (request, response) => {
      this.requests += 1
      if (request.headers.authorization !== undefined) this.answers += 1
      let body = ''
      for await (const chunk of request) body += chunk
      const verdict = this.#verdict(request)
      if (verdict === 'good') {
        this.bodies.push(body)
        if (this.ways.nextnonce) response.setHeader('authentication-info', this.#info())
      } else {
        response.statusCode = 401
        response.setHeader('www-authenticate', this.#challenge(verdict === 'stale'))
      }
      response.end(`${verdict} ${'x'.repeat(100)}`)
    })
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Knows no nonce any more. */
  restart(): void {
    this.#nonces = new Map()
  }

  /** @param first of the session, which goes on with a nonce that is named in advance: RFC 7616, section 3.6. */
  #nonce(first?: string): string {
    const nonce = `nonce "${this.challenges}"/${Math.random()}`
    this.#nonces.set(nonce, { first: first ?? nonce, left: this.ways.uses ?? Infinity, counts: new Set() })
    return nonce
  }

  #info(): string {
    const [last = ''] = this.accepted.at(-1) ?? []
    return `nextnonce=${quoted(this.#nonce(this.#nonces.get(last)?.first))}, qop=auth`
  }

  #challenge(stale: boolean): string {
    this.challenges += 1
    const { algorithm, qop = 'auth', userhash, before = '' } = this.ways
    return [
      `${before}Digest realm=${quoted(realm)}`,
      `nonce=${quoted(this.#nonce())}`,
      `opaque=${quoted('o,p')}`,
      ...(qop === '' ? [] : [`qop="${qop}"`]),
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(userhash ? ['userhash=true'] : []),
      ...(stale ? ['stale=TRUE'] : []),
    ].join(', ')
  }

  #verdict({ headers, method, url }: IncomingMessage): 'good' | 'stale' | 'bad' {
    const fields = fieldsOf(headers.authorization ?? '')
    if (fields.nonce === undefined) return 'bad'
    const known = this.#nonces.get(fields.nonce)
    if (known === undefined) return this.ways.silent ? 'bad' : 'stale'
    const { algorithm = 'MD5', qop = 'auth', userhash } = this.ways
    const hash = (text: string): string => createHash(nodeName(algorithm)).update(text).digest('hex')
    const named = userhash ? hash(`${username}:${realm}`) : `UTF-8''${encodeURIComponent(username)}`
    expect(userhash ? fields.username : fields['username*']).toBe(named)
    expect(fields).toMatchObject({ realm, opaque: 'o,p', uri: url })
    expect(fields.algorithm).toBe(this.ways.algorithm)
    let secret = hash(`${username}:${realm}:${password}`)
    if (algorithm.endsWith('-sess')) secret = hash(`${secret}:${known.first}:${fields.cnonce}`)
    const legacy = qop === ''
    const { nc, cnonce } = fields
    const middle = legacy ? fields.nonce : `${fields.nonce}:${nc}:${cnonce}:auth`
    if (fields.response !== hash(`${secret}:${middle}:${hash(`${method}:${url}`)}`)) return 'bad'
    if (known.left === 0) return 'stale'
    known.left -= 1
    if (legacy) return 'good'
    expect(fields.qop).toBe('auth')
    expect(fields.nc).toMatch(/^[0-9a-f]{8}$/)
    const count = Number.parseInt(nc ?? '', 16)
    // No count comes twice; of requests that overtake each other it need not be the next.
    expect(known.counts).not.toContain(count)
    known.counts.add(count)
    this.accepted.push([fields.nonce, count])
    return 'good'
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

function nodeName(algorithm: string): string {
  const names: Record<string, string> = { MD5: 'md5', SHA: 'sha1', 'SHA-512-256': 'sha512-256' }
  const base = algorithm.replace('-sess', '')
  return names[base] ?? base.replace('-', '').toLowerCase()
}

/** Simple, as all that the server has to read is from here. */
function fieldsOf(header: string): Record<string, string | undefined> {
  const fields = header.matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^ ,"]*))/g)
  return Object.fromEntries(
    [...fields].map(([, name, quoted, plain]) => [name, quoted?.replace(/\\(.)/g, '$1') ?? plain]),
  )
}

let server: DigestServer
let fetched: Fetch
beforeEach(async () => {
  server = new DigestServer()
  await server.start()
  fetched = auth(digest({ username, password, origins: server.origin }))(fetch)
})
afterEach(() => server.stop())

const statuses = async (calls: Promise<Response>[]): Promise<Set<number>> => {
  const responses = await Promise.all(calls)
  await Promise.all(responses.map((response) => response.text()))
  return new Set(responses.map(({ status }) => status))
}

const times = (count: number, path = '/'): Promise<Set<number>> =>
  statuses(Array.from({ length: count }, () => fetched(server.origin + path)))

describe('a query', () => {
  it.each(['/a?', '/a?b', '/a?b=?', '/?', '/a?#b'])('is answered for as it is sent: %s', async (path) => {
    expect(await times(2, path)).toEqual(new Set([200]))
    expect(await statuses([fetched(new Request(server.origin + path, { method: 'POST', body: 'x' }))])).toEqual(
      new Set([200]),
    )
    expect(server.bodies).toEqual(['', '', 'x'])
  })
})

it('lets a 401 of a fetch that gives no headers stand', async () => {
  const foreign = { status: 401 } as Response
  const fetch = auth(digest({ username, password, origins: 'https://api.test' }))(async () => foreign)
  expect(await fetch('https://api.test', { redirect: 'manual' })).toBe(foreign)
  expect(await fetch('https://api.test')).toBe(foreign)
})

it('sends a request six times at the most, however often a nonce is stale', async () => {
  server.ways = { uses: 0 }
  expect(await times(1)).toEqual(new Set([401]))
  expect(server.requests).toBe(6)
})

describe('options', () => {
  it.each([
    [{ password: 'canary' }, 'digest: username must be a string without control characters, got undefined'],
    [{ username: 'u', password: 'canary\n' }, 'digest: password must be a string without control characters'],
    [{ username: 'u', password: '', origins: {} }, 'digest: origins must be an origin'],
    [{ username: 'u', password: '', realm: '' }, 'digest: there is no option "realm"'],
  ])('refuses %o, and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(digest, undefined, [options])).toThrow(message)
    expect(() => Reflect.apply(digest, undefined, [options])).not.toThrow('canary')
  })
})

describe('a challenge', () => {
  const algorithms = ['MD5', 'SHA', 'SHA-256', 'SHA-512', 'SHA-512-256']
  it.each([undefined, ...algorithms, ...algorithms.map((name) => `${name}-sess`)])(
    'is answered with %s, and again with the same nonce',
    async (algorithm) => {
      for (const more of [{}, { userhash: true }, { qop: 'auth-int,auth' }]) {
        server.ways = { ...(algorithm && { algorithm }), ...more }
        server.restart()
        expect(await times(1, '/path?query=%20a&b')).toEqual(new Set([200]))
        const { requests } = server
        expect(await times(1, '/other')).toEqual(new Set([200]))
        expect(server.requests).toBe(requests + 1)
      }
    },
  )

  it('is answered as RFC 2069 has it where there is no qop', async () => {
    server.ways = { qop: '' }
    expect(await times(1)).toEqual(new Set([200]))
    expect(await times(1)).toEqual(new Set([200]))
    expect(server.requests).toBe(3)
  })

  it('is found among others', async () => {
    const unknown = 'Digest realm="x, Digest y", nonce="n", algorithm=SHA3-512, qop="auth"'
    server.ways = { before: `Negotiate, Basic realm="a, b", NTLM TlRMTVNTUAAC==, ${unknown}, ` }
    expect(await times(1)).toEqual(new Set([200]))
  })

  it.each([{ qop: 'auth-int' }, { algorithm: 'SHA3-512' }])('that cannot be answered stands: %o', async (ways) => {
    server.ways = ways
    const response = await fetched(server.origin)
    expect(response.status).toBe(401)
    expect(await response.text()).toMatch(/^bad/)
    expect(server.requests).toBe(1)
  })

  it('by a status other than 401 is none', async () => {
    const headers = { 'www-authenticate': 'Digest realm="r", nonce="n"' }
    for (const status of [200, 403]) {
      const inner = scriptedFetch(() => new Response(null, { status, headers }))
      await auth(digest({ username, password, origins: 'http://a.test' }))(inner)('http://a.test')
      expect(inner.calls).toHaveLength(1)
    }
  })

  it('is answered by every method, with its body sent twice', async () => {
    for (const method of ['POST', 'PATCH', 'put']) {
      server.restart()
      const response = await fetched(server.origin, { method, body: `of ${method}` })
      expect(await response.text()).toMatch(/^good/)
    }
    expect(server.bodies).toEqual(['of POST', 'of PATCH', 'of put'])
  })

  it('to a body that can be sent once is an error, and the next call needs no challenge', async () => {
    const upload = (): Promise<Response> => {
      const init = { method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' as const }
      return fetched(server.origin, init)
    }
    await expect(upload()).rejects.toBeInstanceOf(UnreplayableBodyError)
    expect((await upload()).status).toBe(200)
    expect(server.bodies).toEqual(['streamed'])
  })
})

describe('the count', () => {
  it('is correct, unique and rising for 1,000 requests on one nonce', async () => {
    await times(1)
    for (let batch = 0; batch < 9; batch += 1) {
      expect(await times(batch === 8 ? 199 : 100)).toEqual(new Set([200]))
    }
    expect(server.requests).toBe(1001)
    expect(server.challenges).toBe(1)
    expect(new Set(server.accepted.map(([nonce]) => nonce)).size).toBe(1)
    const counts = server.accepted.map(([, count]) => count).toSorted((one, other) => one - other)
    expect(counts).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1))
  })

  it('rises by one with each request that goes out after another', async () => {
    for (let request = 0; request < 5; request += 1) await times(1)
    expect(server.accepted.map(([, count]) => count)).toEqual([1, 2, 3, 4, 5])
  })

  it('is of one nonce for requests that go out at once before there is any', async () => {
    expect(await times(50)).toEqual(new Set([200]))
    expect(server.requests).toBe(100)
    expect(new Set(server.accepted.map(([nonce]) => nonce)).size).toBe(1)
  })
})

describe('a nonce', () => {
  it('that is stale is renewed, and no call fails', async () => {
    server.ways = { uses: 3 }
    for (let request = 0; request < 10; request += 1) expect(await times(1)).toEqual(new Set([200]))
    expect(server.accepted).toHaveLength(10)
    expect(server.challenges).toBe(4)
  })

  it.each([1, 7])('that is stale after %i uses is renewed for all that are under way', async (uses) => {
    server.ways = { uses }
    for (let batch = 0; batch < 3; batch += 1) expect(await times(50)).toEqual(new Set([200]))
    expect(server.accepted).toHaveLength(150)
  })

  it.each([true, false])('that the server has forgotten is renewed, silent: %s', async (silent) => {
    server.ways = { silent }
    await times(1)
    server.restart()
    expect(await times(20)).toEqual(new Set([200]))
    expect(await times(1)).toEqual(new Set([200]))
  })

  it.each(['MD5', 'SHA-256-sess'])('that is named in advance is used next, with %s', async (algorithm) => {
    server.ways = { nextnonce: true, uses: 1, algorithm }
    for (let request = 0; request < 5; request += 1) expect(await times(1)).toEqual(new Set([200]))
    expect(server.challenges).toBe(1)
    expect(server.requests).toBe(6)
    expect(new Set(server.accepted.map(([nonce]) => nonce)).size).toBe(5)
  })

  it('is kept for each origin', async () => {
    const other = new DigestServer()
    await other.start()
    const scheme = digest({ username, password, origins: [server.origin, other.origin] })
    const both = auth(scheme)(fetch)
    for (const origin of [server.origin, other.origin, server.origin, other.origin]) {
      expect((await both(origin)).status).toBe(200)
    }
    expect([server.requests, other.requests]).toEqual([3, 3])
    other.stop()
  })

  it('is shared by all that share the scheme', async () => {
    const scheme = digest({ username, password })
    const others = auth(digest({ username: 'u', password: 'p', origins: server.origin }))
    expect((await others(fetch)(server.origin, { auth: scheme })).status).toBe(200)
    expect((await others(fetch)(server.origin, { auth: scheme })).status).toBe(200)
    expect(server.requests).toBe(3)
  })

  it('of many origins is forgotten in time', async () => {
    const inner = scriptedFetch((_, init) => {
      const isKnown = new Headers(init?.headers).has('authorization')
      const headers = { 'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"' }
      return new Response(null, { status: isKnown ? 200 : 401, headers })
    })
    const everywhere = auth(digest({ username, password, origins: () => true }))(inner)
    for (let host = 0; host < 200; host += 1) await everywhere(`http://h${host}.test`)
    expect(inner.calls).toHaveLength(400)
    await everywhere('http://h199.test')
    expect(inner.calls).toHaveLength(401)
    await everywhere('http://h0.test')
    expect(inner.calls).toHaveLength(403)
  })
})

describe('a password that is wrong', () => {
  beforeEach(() => {
    fetched = auth(digest({ username, password: 'wrong', origins: server.origin }))(fetch)
  })

  it('takes exactly two requests, one of them with it, and the 401 is there with its body', async () => {
    for (let call = 1; call <= 3; call += 1) {
      const response = await fetched(server.origin)
      expect(response.status).toBe(401)
      expect(await response.text()).toMatch(/^bad/)
      expect([server.requests, server.answers]).toEqual([2 * call, call])
    }
  })

  it('takes no more of many calls at once', async () => {
    expect(await times(20)).toEqual(new Set([401]))
    expect(server.requests).toBe(40)
  })

  it('is never sent, nor is the right one', async () => {
    const inner = scriptedFetch(
      () =>
        new Response(null, { status: 401, headers: { 'www-authenticate': 'Digest realm="r", nonce="n", qop=auth' } }),
    )
    const origins = 'http://a.test'
    await auth(digest({ username: 'user', password: 'canary', origins }))(inner)(origins)
    expect(inner.calls).toHaveLength(2)
    for (const { init } of inner.calls) {
      expect(new Headers(init?.headers).get('authorization') ?? '').not.toMatch(/canary|Y2FuYXJ5/)
    }
  })

  it('does not go on for ever with a server to which every nonce is stale', async () => {
    let count = 0
    const inner = scriptedFetch(() => {
      count += 1
      const challenge = `Digest realm="r", nonce="${count}", qop=auth, stale=true`
      return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } })
    })
    const origins = 'http://a.test'
    const response = await auth(digest({ username, password, origins }))(inner)(origins)
    expect(response.status).toBe(401)
    expect(inner.calls).toHaveLength(6)
  })
})
