import dns from 'node:dns'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type NamedHosts, namedHosts } from './named-hosts.ts'
import { type NamedServers, startNamedServers } from './named-servers.ts'

let servers: NamedServers
let hosts: NamedHosts
beforeAll(async () => {
  servers = await startNamedServers(['a.test', 'www.b.test'], ({ url, host }, response) => {
    if (url === '/broken') throw new Error('so it is')
    response.setHeader('set-cookie', ['a=1', 'b=2']).end(host)
  })
  hosts = namedHosts({ ca: servers.ca })
})
afterAll(() => Promise.all([hosts.close(), servers.close()]))
beforeEach(() => {
  servers.requests.length = 0
})
afterEach(() => vi.restoreAllMocks())

it.each(['http', 'https'] as const)(
  'finds every name on the loopback by %s, and asks nobody for it',
  async (scheme) => {
    const lookup = vi.spyOn(dns, 'lookup')
    for (const name of ['a.test', 'www.b.test']) {
      const response = await hosts.fetch(servers.url(`${scheme}://${name}/`))
      expect(await response.text()).toBe(`${name}:${servers.ports[scheme]}`)
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    }
    expect(servers.requests.map((request) => request.scheme)).toEqual([scheme, scheme])
    expect(lookup).not.toHaveBeenCalled()
  },
)

it('says what it was sent', async () => {
  const headers = { cookie: 'c=3', 'X-Two': 'a, b' }
  await hosts.fetch(servers.url('http://a.test/path?query'), { method: 'POST', headers, body: 'the body' })
  expect(servers.requests).toEqual([
    {
      ...{ scheme: 'http', method: 'POST', host: `a.test:${servers.ports.http}`, url: '/path?query', body: 'the body' },
      headers: expect.objectContaining({ cookie: 'c=3', 'x-two': 'a, b', 'content-length': '8' }),
    },
  ])
})

it('refuses a name that the certificate is not for, and an authority that it was not given', async () => {
  const cause = { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }
  await expect(hosts.fetch(servers.url('https://b.test/'))).rejects.toMatchObject({ cause })
  await using stranger = namedHosts()
  const unknown = { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }
  await expect(stranger.fetch(servers.url('https://a.test/'))).rejects.toMatchObject({ cause: unknown })
  expect(servers.requests).toEqual([])
})

it('answers what its handler throws with a 500', async () => {
  const response = await hosts.fetch(servers.url('http://a.test/broken'))
  expect([response.status, await response.text()]).toEqual([500, 'Error: so it is'])
})

it('leaves other calls alone', async () => {
  const asked: string[] = []
  const lookup = (name: string, _: dns.LookupOptions, callback: (error: Error) => void): void => {
    asked.push(name)
    callback(new Error('nobody knows'))
  }
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup)
  const cause = { message: 'nobody knows' }
  await expect(fetch(servers.url('http://a.test/'))).rejects.toMatchObject({ cause })
  expect(asked).toEqual(['a.test'])
})
