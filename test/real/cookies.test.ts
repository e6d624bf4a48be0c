import { cookieJar, cookies } from '@steadfetch/cookies'
import { type NamedHosts, namedHosts } from '@steadfetch/test-support/named-hosts'
import { type NamedServers, startNamedServers } from '@steadfetch/test-support/named-servers'
import { type Chromium, chromium, startChromium } from '@steadfetch/test-support/real/chromium'
import { describeWith } from '@steadfetch/test-support/real/program'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** What is set where, one after the other, and where it may be seen then. */
interface Row {
  readonly sets: readonly (readonly [url: string, setCookie: string])[]
  /** @default everywhere */
  readonly asks?: readonly string[]
}

const everywhere = [
  ...['http://a.test/', 'https://a.test/', 'https://a.test/x/y', 'https://a.test/xy', 'http://www.a.test/'],
  ...['https://www.a.test/x', 'https://b.a.test/', 'https://b.test/', 'http://b.test/'],
]

const at = (url: string, ...cookies: string[]): Row => ({ sets: cookies.map((cookie) => [url, cookie] as const) })
const home = 'https://www.a.test/x/page'

const rows: Readonly<Record<string, Row>> = {
  'no attributes': at(home, 'a=1'),
  'a domain above': at(home, 'a=1; Domain=a.test'),
  'a domain with a dot, in capitals': at(home, 'a=1; DOMAIN=.A.Test; PATH=/'),
  'a domain of its own': at(home, 'a=1; Domain=www.a.test; Path=/'),
  'a domain below': at(home, 'a=1; Domain=b.www.a.test; Path=/'),
  'a domain beside': at(home, 'a=1; Domain=b.a.test; Path=/'),
  'a foreign domain': at(home, 'a=1; Domain=b.test; Path=/'),
  'a top-level domain': at(home, 'a=1; Domain=test; Path=/'),
  'half of a name as a domain': at(home, 'a=1; Domain=.test; Path=/', 'b=1; Domain=est', 'c=1; Domain=ww.a.test'),
  'an empty domain': at(home, 'a=1; Domain=; Path=/'),
  'a path': at('https://a.test/', 'a=1; Path=/x'),
  'a path with a slash at its end': at('https://a.test/', 'a=1; Path=/x/'),
  'a path that is none': at('https://a.test/x/y', 'a=1; Path=x'),
  'the default path': at('https://a.test/x/y', 'a=1'),
  'the default path of a file': at('https://a.test/x', 'a=1'),
  'paths, the longest first': at('https://a.test/x/y', 'a=1; Path=/', 'b=1; Path=/x', 'c=1; Path=/x/y', 'd=1; Path=/'),
  Secure: at('https://a.test/', 'a=1; Secure'),
  'Secure over http': at('http://a.test/', 'a=1; Secure'),
  'an insecure one over a Secure one': {
    sets: [
      ['https://a.test/', 'a=1; Secure'],
      ['http://a.test/', 'a=2'],
      ['http://a.test/', 'b=1'],
    ],
  },
  'an insecure one over a Secure one, from below': {
    sets: [
      ['https://a.test/', 'a=1; Secure; Domain=a.test'],
      ['http://www.a.test/', 'a=2'],
      ['http://www.a.test/', 'a=3; Path=/x'],
    ],
  },
  'an insecure one over a Secure one, from above': {
    sets: [
      ['https://www.a.test/', 'a=1; Secure'],
      ['http://a.test/', 'a=2; Domain=a.test'],
      ['http://a.test/', 'a=3'],
    ],
  },
  'an insecure one over a Secure one of another path': {
    sets: [
      ['https://a.test/x/', 'a=1; Secure; Path=/x'],
      ['http://a.test/', 'a=2; Path=/'],
    ],
  },
  'the prefix __Secure-': at(
    'https://a.test/',
    '__Secure-a=1; Secure',
    '__Secure-b=1',
    '__SECURE-c=1',
    '__secure-d=1; Secure',
  ),
  'the prefix __Host-': at(
    'https://a.test/',
    ...['__Host-a=1; Secure; Path=/', '__Host-b=1; Secure; Path=/; Domain=a.test', '__Host-c=1; Secure; Path=/x'],
    ...['__host-d=1; Path=/', '__HOST-e=1; Secure; Path=/', '__Host-f=1; Secure'],
  ),
  'the prefix __Host-, by default of the path': at('https://a.test/x/y', '__Host-a=1; Secure'),
  'the prefix __Http-': at(
    'https://a.test/',
    '__Http-a=1; Secure; HttpOnly',
    '__Http-b=1; Secure',
    '__http-c=1; HttpOnly',
  ),
  'the prefix __Host-Http-': at(
    'https://a.test/',
    ...[
      '__Host-Http-a=1; Secure; HttpOnly; Path=/',
      '__Host-Http-b=1; Secure; Path=/',
      '__Host-Http-c=1; Secure; HttpOnly',
    ],
  ),
  'a prefix over http': at('http://a.test/', '__Secure-a=1; Secure', '__Host-b=1; Secure; Path=/'),
  'a prefix without a name': at('https://a.test/', '=__Host-a=1; Secure; Path=/', '__Secure-b; Secure'),
  'no name': at('https://a.test/', '=value'),
  'no name and no sign': at('https://a.test/', 'value'),
  'no name and two signs': at('https://a.test/', '=a=b'),
  'no value': at('https://a.test/', 'a=', 'b'),
  nothing: at('https://a.test/', '=', ';', '; Path=/'),
  'a value with signs': at(
    'https://a.test/',
    'a=b=c==',
    'd="quoted; not"',
    'e="q"',
    'f= spaces around ; Path=/',
    'g=a,b',
  ),
  'a name with odd characters': at('https://a.test/', 'a b=1', 'c[0]=1', 'd(e)=1', 'f"=1', '$g=1', 'h:i=1'),
  'bytes that are no ASCII': at('https://a.test/', `a=${Buffer.from('téxt').toString('latin1')}`),
  'a tab': at('https://a.test/', 'a=b\tc', '\td=1'),
  'the same twice': at('https://a.test/', 'a=1', 'a=2', 'A=3'),
  'the same for two paths': at('https://a.test/x/y', 'a=1; Path=/', 'a=2; Path=/x'),
  'an attribute twice': at(
    'https://a.test/',
    'a=1; Path=/x; Path=/',
    'b=1; Domain=b.test; Domain=a.test',
    'c=1; Secure; Secure',
  ),
  'Max-Age': at(
    'https://a.test/',
    'a=1; Max-Age=100',
    'b=1; Max-Age=0',
    'c=1; Max-Age=-1',
    'd=1; Max-Age=x',
    'e=1; Max-Age=',
  ),
  Expires: at(
    'https://a.test/',
    ...[
      'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT',
      'b=1; Expires=Fri, 21 Oct 2050 07:28:00 GMT',
      'c=1; Expires=soon',
    ],
    ...['d=1; Expires=Fri, 21-Oct-50 07:28:00 GMT', 'e=1; expires=Fri Oct 21 07:28:00 2050', 'f=1; Expires=0'],
  ),
  'Max-Age before Expires': at(
    'https://a.test/',
    'a=1; Max-Age=100; Expires=Wed, 21 Oct 2015 07:28:00 GMT',
    'b=1; Max-Age=0; Expires=Fri, 21 Oct 2050 07:28:00 GMT',
  ),
  'taken back': at('https://a.test/', 'a=1', 'b=1', 'a=; Max-Age=0', 'b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'),
  'taken back for another path': at('https://a.test/x/y', 'a=1; Path=/', 'a=; Max-Age=0'),
  SameSite: at(
    'https://a.test/',
    'a=1; SameSite=Lax',
    'b=1; SameSite=Strict',
    'c=1; SameSite=None',
    'd=1; SameSite=None; Secure',
    'e=1; SameSite=odd',
  ),
  'an attribute that nobody knows': at('https://a.test/', 'a=1; Priority=High; Foo; =; ;'),
  'a cookie of 4096 bytes': at('https://a.test/', `a=${'x'.repeat(4095)}`),
  'a cookie of 4097 bytes': at('https://a.test/', `a=${'x'.repeat(4096)}`),
  'a long attribute': at('https://a.test/', `a=1; Path=/${'x'.repeat(1024)}`, `b=1; Domain=${'x'.repeat(1020)}.test`),
  'a public suffix': {
    ...at('https://me.github.io/', 'a=1; Domain=github.io', 'b=1; Domain=me.github.io', 'c=1'),
    asks: ['https://me.github.io/', 'https://you.github.io/', 'https://github.io/', 'https://x.me.github.io/'],
  },
  'a public suffix for itself': {
    ...at('https://github.io/', 'a=1; Domain=github.io', 'b=1'),
    asks: ['https://me.github.io/', 'https://github.io/'],
  },
  'a public suffix of two parts': {
    ...at('https://www.a.co.uk/', 'a=1; Domain=co.uk', 'b=1; Domain=a.co.uk'),
    asks: ['https://www.a.co.uk/', 'https://b.co.uk/', 'https://a.co.uk/'],
  },
  'an escaped path': {
    ...at('https://a.test/my%20app/x', 'a=1; Path=/my%20app', 'b=1', 'c=1; Path=/my app', 'd=1; Path=/%6dy%20app'),
    asks: ['https://a.test/my%20app/', 'https://a.test/my%20app/y', 'https://a.test/my%2520app/'],
  },
  'a tilde, escaped or not': {
    ...at('https://a.test/%7Euser/', 'a=1; Path=/~user', 'b=1; Path=/%7Euser'),
    asks: ['https://a.test/%7Euser/', 'https://a.test/~user/'],
  },
  'a domain above a public suffix': {
    ...at('https://b.s3.amazonaws.com/', 'a=1; Domain=amazonaws.com', 'b=1; Domain=s3.amazonaws.com', 'c=1'),
    asks: ['https://b.s3.amazonaws.com/', 'https://console.amazonaws.com/', 'https://amazonaws.com/'],
  },
  'below localhost': {
    ...at('http://foo.localhost/', 'a=1; Domain=localhost', 'b=1; Domain=foo.localhost'),
    asks: ['http://foo.localhost/', 'http://localhost/', 'http://bar.localhost/'],
  },
  'a domain and then an empty one': {
    ...at(home, 'a=1; Domain=a.test; Domain=; Path=/', 'b=1; Domain=b.test; Domain=; Path=/', 'c=1; Domain=.; Path=/'),
  },
  'an address': {
    ...at('https://127.0.0.1/', 'a=1; Domain=127.0.0.1', 'b=1', 'c=1; Domain=0.0.1'),
    asks: ['https://127.0.0.1/', 'https://a.test/'],
  },
  'Secure on localhost': {
    ...at('http://localhost/', 'a=1; Secure', '__Host-b=1; Secure; Path=/', 'c=1'),
    asks: ['http://localhost/', 'https://localhost/'],
  },
}

const hosts = [
  ...['a.test', 'www.a.test', 'b.a.test', 'b.test', 'github.io', 'me.github.io', 'you.github.io', 'x.me.github.io'],
  ...['www.a.co.uk', 'b.co.uk', 'a.co.uk', 'localhost', '127.0.0.1', 'foo.localhost', 'bar.localhost'],
  ...['b.s3.amazonaws.com', 'console.amazonaws.com', 'amazonaws.com'],
]

describeWith('cookies, as chromium keeps them', [chromium], () => {
  let servers: NamedServers
  let named: NamedHosts
  let browser: Chromium
  beforeAll(async () => {
    servers = await startNamedServers(hosts, ({ url }, response) => {
      const set = new URL(url, 'http://a.test').searchParams.get('set')
      if (set !== null) response.setHeader('set-cookie', set)
      response.end('a page')
    })
    named = namedHosts({ ca: servers.ca })
    browser = await startChromium()
  })
  afterAll(() => Promise.all([browser, named, servers].map((resource) => resource[Symbol.asyncDispose]())))

  /** What the server is sent when somebody goes through a row. */
  async function seen({ sets, asks = everywhere }: Row, visit: (url: string) => Promise<unknown>): Promise<object> {
    for (const [url, set] of sets) await visit(`${servers.url(url)}?${new URLSearchParams({ set })}`)
    const cookiesAt: Record<string, string> = {}
    for (const url of asks) {
      await visit(servers.url(url))
      // The browser asks for an icon as well, when it likes.
      const request = servers.requests.findLast(({ url }) => url !== '/favicon.ico')
      expect(`${request?.scheme}://${request?.host}`).toBe(new URL(servers.url(url)).origin)
      cookiesAt[url] = request?.headers.cookie ?? ''
    }
    return cookiesAt
  }

  it.each(Object.keys(rows))('%s', async (name) => {
    const row = rows[name] ?? { sets: [] }
    await browser.clearCookies()
    const ours = cookies({ jar: cookieJar() })(named.fetch)
    const expected = await seen(row, (url) => browser.visit(url))
    expect(await seen(row, async (url) => (await ours(url)).text())).toEqual(expected)
  })
})
