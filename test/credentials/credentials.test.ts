import type { ServerResponse } from 'node:http'
import { type AuthScheme, apiKey, auth, basic, bearer, clientCredentials, digest } from '@steadfetch/auth'
import { cookieJar, cookies } from '@steadfetch/cookies'
import { compose, type Fetch } from '@steadfetch/core'
import { redirects } from '@steadfetch/redirects'
import { retry } from '@steadfetch/retry'
import { type NamedHosts, namedHosts } from '@steadfetch/test-support/named-hosts'
import { type NamedRequest, type NamedServers, startNamedServers } from '@steadfetch/test-support/named-servers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

// A canary in every kind of credentials, and redirects to every kind of elsewhere: it is seen where it belongs, only.

const canary = 'canary4711'
const inBase64 = btoa(`${canary}:${canary}`)

let servers: NamedServers
let otherPort: NamedServers
let hosts: NamedHosts

beforeAll(async () => {
  const names = ['a.test', 'www.a.test', 'b.test']
  servers = await startNamedServers(names, answer)
  otherPort = await startNamedServers(names, answer)
  hosts = namedHosts({ ca: servers.ca })
})
afterAll(() => Promise.all([servers.close(), otherPort.close(), hosts.close()]))
beforeEach(() => {
  servers.requests.length = 0
  otherPort.requests.length = 0
})

/** `/token` is a token endpoint; everything else wants to be authorized first, and then leads to where `to` says. */
function answer({ url, headers, host }: NamedRequest, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://a.test')
  if (pathname === '/token') {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ access_token: canary, token_type: 'Bearer' }))
    return
  }
  const asks = searchParams.has('asks') && !headers.authorization?.startsWith('Digest')
  const to = searchParams.get('to')
  // Whoever is led to asks for credentials too, by every scheme there is.
  if (asks || to === null) {
    response.setHeader('www-authenticate', [`Digest realm="r", nonce="n", qop="auth"`, 'Basic realm="r"', 'Bearer'])
    response.writeHead(401).end('who are you?')
    return
  }
  response.writeHead(307, { location: to, 'set-cookie': `session=from-${nameOf(host)}; Path=/` }).end()
}

interface Carrying {
  readonly layer?: (origin: string) => (fetch: Fetch) => Fetch
  readonly init?: (origin: string) => RequestInit
  /** Whether the start asks for credentials before it redirects. */
  readonly asks?: boolean
  /** Whether it is in the query, which a Location may echo. */
  readonly inQuery?: boolean
}

const withScheme = (make: (origins: string) => AuthScheme): Carrying => ({
  layer: (origin) => auth(make(origin)) as (fetch: Fetch) => Fetch,
})
const perCall = (make: (origin: string) => AuthScheme): Carrying => ({
  layer: () => auth(bearer({ token: 'other', origins: 'https://nowhere.test' })) as (fetch: Fetch) => Fetch,
  init: (origin) => ({ auth: make(origin) }) as RequestInit,
})
const user = { username: canary, password: canary }

const kinds: Readonly<Record<string, Carrying>> = {
  'the header Authorization': { init: () => ({ headers: { authorization: `Bearer ${canary}` } }) },
  'the header Cookie': { init: () => ({ headers: { cookie: `a=${canary}` } }) },
  'the header Proxy-Authorization': { init: () => ({ headers: { 'proxy-authorization': canary } }) },
  'the header x-api-key': { init: () => ({ headers: { 'x-api-key': canary } }) },
  'per-call cookies': { init: () => ({ cookies: { a: canary } }) as RequestInit },
  basic: withScheme((origins) => basic({ ...user, origins })),
  bearer: withScheme((origins) => bearer({ token: () => canary, origins })),
  'client credentials': withScheme((origins) =>
    clientCredentials({ tokenUrl: `${origins}/token`, clientId: canary, clientSecret: canary, origins }),
  ),
  'an API key in a header': withScheme((origins) => apiKey({ name: 'x-key-of-ours', value: canary, origins })),
  'an API key in the query': {
    ...withScheme((origins) => apiKey({ name: 'k', value: canary, in: 'query', origins })),
    inQuery: true,
  },
  digest: { ...withScheme((origins) => digest({ ...user, origins })), asks: true },
  'basic for one call': perCall(() => basic(user)),
  'an API key for one call': perCall(() => apiKey({ name: 'x-plain', value: canary })),
  'a query key for one call': {
    ...perCall((origins) => apiKey({ name: 'k', value: canary, in: 'query', origins })),
    inQuery: true,
  },
  'digest for one call': { ...perCall(() => digest(user)), asks: true },
}

/** Where it starts, and where it leads: another host, port, scheme, and names above and below. */
const ways: Readonly<Record<string, readonly [from: string, to: string]>> = {
  'another host': ['https://a.test', 'https://b.test'],
  'another host, both without TLS': ['http://a.test', 'http://b.test'],
  'another port': ['http://a.test', 'http://a.test:other'],
  'plain http': ['https://a.test', 'http://a.test'],
  https: ['http://a.test', 'https://a.test'],
  'a subdomain': ['https://a.test', 'https://www.a.test'],
  'the domain above': ['https://www.a.test', 'https://a.test'],
}

/** Which layers follow, and where what carries the credentials is among them. */
const stacks: Readonly<Record<string, (carrying: (fetch: Fetch) => Fetch) => (fetch: Fetch) => Fetch>> = {
  'cookies outside': (carrying) => compose(cookies({ jar: cookieJar() }), retry(), carrying),
  'cookies inside': (carrying) => compose(carrying, retry(), cookies({ jar: cookieJar() })),
  'redirects outside': (carrying) => compose(redirects(), carrying, cookies({ jar: cookieJar() })),
  'redirects inside': (carrying) => compose(cookies({ jar: cookieJar() }), carrying, redirects()),
}

const originOf = (name: string): string => {
  return name.endsWith(':other')
    ? new URL(otherPort.url(name.replace(':other', ''))).origin
    : new URL(servers.url(name)).origin
}

const nameOf = (host: string): string => host.replace(/:.*/, '')

/** Whether a request has the canary, in any spelling; what it shall be redirected to is not its own. */
function has({ url, headers, body }: NamedRequest): boolean {
  const own = new URL(url, 'http://a.test')
  own.searchParams.delete('to')
  const all = decodeURIComponent(JSON.stringify([own.href, headers, body]))
  return all.includes(canary) || all.includes(inBase64)
}

describe.each(Object.keys(stacks))('%s', (stack) => {
  describe.each(Object.keys(kinds))('%s', (kind) => {
    it.each(Object.keys(ways))('does not go to %s, whoever asks for it, nor comes back with others', async (way) => {
      const { layer, init, asks, inQuery } = kinds[kind] ?? {}
      const [home = '', elsewhere = ''] = (ways[way] ?? []).map(originOf)
      const fetching = stacks[stack]?.(layer?.(home) ?? ((fetch) => fetch))(hosts.fetch)
      const at = (origin: string, to: string, more: Record<string, string> = {}): string =>
        `${origin}/?${new URLSearchParams({ to, ...more })}`
      const asking = asks ? { asks: 'yes' } : {}

      const echo = inQuery ? { k: canary } : {}
      const thereAndBack = at(home, at(elsewhere, `${home}/end`, echo), asking)
      for (const url of [thereAndBack, at(home, `${elsewhere}/end`, asking)]) {
        const response = await fetching?.(url, init?.(home))
        expect([response?.status, await response?.text()]).toEqual([401, 'who are you?'])
      }

      const requests = [...servers.requests, ...otherPort.requests]
      const received = (origin: string): NamedRequest[] =>
        requests.filter(({ scheme, host }) => `${scheme}://${host}` === origin)
      const starts = received(home).filter(({ url }) => url.startsWith('/?'))
      expect(starts.filter(has)).toHaveLength(2)
      expect(received(elsewhere).length).toBeGreaterThanOrEqual(2)
      expect(received(elsewhere).filter(has)).toEqual([])
      expect(requests.length).toBe(received(home).length + received(elsewhere).length)
      // Cookies know of hosts only, of no ports.
      for (const { headers, host } of requests) {
        expect(headers.cookie?.match(/from-[\w.]+/g) ?? [`from-${nameOf(host)}`]).toEqual([`from-${nameOf(host)}`])
      }
    })
  })
})
