import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { errorKind, type Fetch } from '@steadfetch/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redirects } from './redirects.ts'

// What the built-in fetch sends when it follows by itself is what has to be sent, hop by hop.

interface Hop {
  readonly server: 'here' | 'elsewhere'
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Record<string, unknown>
  readonly body: string
}

let hops: Hop[] = []

/** Answers `/go?status=307&to=/end` with that redirect, and everything else with 200. */
function start(name: Hop['server']): Server {
  return createServer(async (request, response) => {
    const { method, url, headers } = request
    const body = (await buffer(request)).toString('latin1')
    hops.push({ server: name, method, url, headers: { ...headers, host: undefined }, body })
    const { pathname, searchParams } = new URL(url ?? '', 'http://a.test')
    if (pathname === '/go') {
      response.writeHead(Number(searchParams.get('status')), { location: searchParams.get('to') ?? '' })
      response.end('a body of a redirect')
    } else response.end('the end')
  }).listen(0, '127.0.0.1')
}

const servers = { here: start('here'), elsewhere: start('elsewhere') }
const origin = (name: Hop['server']): string => `http://127.0.0.1:${(servers[name].address() as AddressInfo).port}`
beforeAll(() => Promise.all(Object.values(servers).map((server) => server.listening || once(server, 'listening'))))
afterAll(() => {
  for (const server of Object.values(servers)) server.close().closeAllConnections()
})

/** What a call sends, and what it comes to. */
async function seen(fetching: Fetch, url: string, init: RequestInit): Promise<{ hops: Hop[]; outcome: unknown }> {
  hops = []
  const outcome = await fetching(url, init).then(
    async ({ status, redirected, url, body, headers, type }) => ({
      ...{ status, redirected, url, type, hasBody: body !== null, length: headers.get('content-length') },
    }),
    (error: unknown) => errorKind(error),
  )
  return { hops, outcome }
}

const builtIn: Fetch = (input, init) => fetch(input, init)

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const
const statuses = [301, 302, 303, 307, 308] as const
const targets = ['here', 'elsewhere'] as const
const bodies = {
  none: () => undefined,
  text: () => 'some téxt',
  stream: () => new Blob(['a stream']).stream(),
} as const
type BodyKind = keyof typeof bodies

/** With headers that are dropped with a body, that are for one origin only, and that anybody may have. */
function initOf(method: string, kind: BodyKind): RequestInit {
  const headers = {
    ...{ authorization: 'Bearer canary', 'proxy-authorization': 'Basic canary', cookie: 'a=canary' },
    ...{ 'content-language': 'fr', 'x-plain': 'yes', accept: 'text/*' },
  }
  const body = bodies[kind]()
  return { method, headers, ...(body === undefined ? {} : { body, duplex: 'half' }) } as RequestInit
}

const table = statuses.flatMap((status) =>
  methods.flatMap((method) =>
    targets.flatMap((target) => Object.keys(bodies).map((kind) => ({ status, method, target, kind }))),
  ),
) as { status: number; method: string; target: Hop['server']; kind: BodyKind }[]

describe('the same is sent as by the built-in fetch', () => {
  it.each(table)('$status for a $method to $target, body: $kind', async ({ status, method, target, kind }) => {
    const to = `${origin(target)}/end?once=1`
    const url = `${origin('here')}/go?${new URLSearchParams({ status: String(status), to })}`
    const ours = await seen(redirects()(builtIn), url, initOf(method, kind))
    const theirs = await seen(builtIn, url, initOf(method, kind))
    const dropsStream = kind === 'stream' && method === 'POST' && (status === 301 || status === 302)
    if ((method === 'GET' || method === 'HEAD') && kind !== 'none') {
      expect([ours, theirs]).toEqual(Array(2).fill({ hops: [], outcome: 'invalid-request' }))
    } else if (dropsStream) {
      // The one difference: a body that is not sent again need not be one that can be.
      expect(theirs).toEqual({ hops: ours.hops.slice(0, 1), outcome: 'network' })
      expect(ours.outcome).toMatchObject({ status: 200, redirected: true, url: to })
      expect(ours.hops[1]).toMatchObject({ server: target, method: 'GET', body: '' })
    } else if (theirs.outcome === 'network') {
      expect(kind).toBe('stream')
      expect(ours).toEqual({ hops: theirs.hops, outcome: 'invalid-request' })
    } else {
      expect(ours).toEqual(theirs)
      expect(ours.hops[1]?.headers).toMatchObject({ 'x-plain': 'yes' })
    }
  })
})

describe('a chain', () => {
  it.each([
    ['303, then 307, is a GET to the end', [303, 307, 308]],
    ['307, then 302', [307, 302, 308]],
    ['to a stranger and back, without credentials', [307, 308, 307]],
  ])('is followed as by the built-in fetch: %s', async (_, chain) => {
    const [first = 0, second = 0, third = 0] = chain
    const go = (name: Hop['server'], status: number, to: string): string =>
      `${origin(name)}/go?${new URLSearchParams({ status: String(status), to })}`
    const url = go('here', first, go('elsewhere', second, go('here', third, '/end#there')))
    const ours = await seen(redirects()(builtIn), url, initOf('POST', 'text'))
    expect(ours).toEqual(await seen(builtIn, url, initOf('POST', 'text')))
    expect(ours.hops).toHaveLength(4)
    expect(JSON.stringify(ours.hops.slice(1))).not.toContain('canary')
  })

  it.each([0, 1, 19, 20, 21])('of %d is followed, or is too long, as with the built-in fetch', async (length) => {
    const url = Array.from({ length }).reduce<string>(
      (to) => `/go?${new URLSearchParams({ status: '302', to })}`,
      '/end',
    )
    const ours = await seen(redirects()(builtIn), origin('here') + url, {})
    const theirs = await seen(builtIn, origin('here') + url, {})
    expect(ours).toEqual(theirs)
    expect(ours.hops).toHaveLength(Math.min(length + 1, 21))
  })
})

describe('a Location', () => {
  const locations = [
    ...[
      '/end',
      'end',
      '?once=2&status=200',
      '../end',
      '//HOST/end',
      '/%C5%A1',
      '/š',
      '/a b',
      '#there',
      '/end#there',
      '\\end',
    ],
    ...[
      'HTTP://HOST/end',
      'http:end',
      'http://HOST',
      'http://',
      'http://a b/',
      'http://[',
      'ftp://HOST/',
      'file:///end',
    ],
    ...['data:text/plain,x', 'javascript:alert(1)', 'mailto:a@HOST', 'http://HOST:99999/', 'blob:http://HOST/x'],
    ...['http://u:p@HOST/end', 'http://u@ELSEWHERE/end', 'http://ELSEWHERE/end', '/end, /other', 'http://HOST:1/'],
  ]

  it.each(locations)('is understood as by the built-in fetch: %j', async (location) => {
    const [here, elsewhere] = [new URL(origin('here')).host, new URL(origin('elsewhere')).host]
    const to = location.replace('HOST', here).replace('ELSEWHERE', elsewhere)
    const bytes = Buffer.from(to).toString('latin1')
    const url = `${origin('here')}/go?${new URLSearchParams({ status: '302', to: bytes })}#here`
    const ours = await seen(redirects()(builtIn), url, {})
    const theirs = await seen(builtIn, url, {})
    expect(ours).toEqual(theirs)
  })
})
