import { errorKind } from '@steadfetch/core'
import { ProxyError, proxy } from '@steadfetch/proxy'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { describeWith, freePort, type Program, type RunningProgram } from '@steadfetch/test-support/real/program'
import { dante, microsocks, startDante, startMicrosocks } from '@steadfetch/test-support/real/socks'
import { type Squid, squid, startSquid } from '@steadfetch/test-support/real/squid'
import { startTinyproxy, tinyproxy } from '@steadfetch/test-support/real/tinyproxy'
import { statusOf } from '@steadfetch/test-support/status-of'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

const user = 'user'
const password = 'canary-p@ss:w/rd%'
/** The only kind that its configuration can express. */
const tinyPassword = 'canary-password'

interface Kind {
  readonly name: string
  readonly program: Program
  readonly scheme: string
  start(): Promise<RunningProgram>
  /** Whether it wants a password. */
  readonly guarded: boolean
}

const kinds: readonly Kind[] = [
  { name: 'squid', program: squid, scheme: 'http', guarded: true, start: () => startSquid(user, password) },
  {
    name: 'tinyproxy',
    program: tinyproxy,
    scheme: 'http',
    guarded: true,
    start: () => startTinyproxy(user, tinyPassword),
  },
  {
    name: 'microsocks',
    program: microsocks,
    scheme: 'socks5',
    guarded: true,
    start: () => startMicrosocks(user, password),
  },
  { name: 'dante', program: dante, scheme: 'socks5', guarded: false, start: () => startDante() },
]

let plain: FaultServer
let secured: FaultServer
beforeAll(async () => {
  plain = await startFaultServer()
  secured = await startFaultServer({ tls: true })
})
afterAll(() => Promise.all([plain.close(), secured.close()]))
beforeEach(() => {
  plain.reset()
  secured.reset()
})

for (const { name, program, scheme, start, guarded } of kinds) {
  describeWith(name, [program], () => {
    let running: RunningProgram
    beforeAll(async () => {
      running = await start()
    })
    afterAll(() => running[Symbol.asyncDispose]())

    const own = program === tinyproxy ? tinyPassword : password
    const address = (credentials = `${user}:${encodeURIComponent(own)}`): string =>
      `${scheme}://${guarded ? `${credentials}@` : ''}127.0.0.1:${running.port}`
    const trust = (): { tls: { ca: string } } => ({ tls: { ca: secured.ca ?? '' } })

    const refusing = (credentials: string): number | undefined => {
      if (scheme !== 'http') return undefined
      return program === tinyproxy && credentials !== '' ? 401 : 407
    }

    it.each(['http', 'https'])('leads to an %s: server, which never sees the password', async (to) => {
      const server = to === 'http' ? plain : secured
      await using way = proxy(address(), { ...trust(), connections: 2 })
      const through = way(fetch)
      const bodies = await Promise.all(
        Array.from({ length: 20 }, async () => (await through(server.url('/bytes?size=100000'))).arrayBuffer()),
      )
      expect(bodies.map((body) => body.byteLength)).toEqual(bodies.map(() => 100_000))
      expect(server.requests).toHaveLength(20)
      expect(server.peakExchanges).toBeLessThanOrEqual(2)
      expect(JSON.stringify(server.requests)).not.toMatch(/canary|proxy-authorization/i)
    })

    it('passes on the body of a request, and a redirect', async () => {
      await using way = proxy(address(), trust())
      const sent = await way(fetch)(plain.url('/echo'), { method: 'POST', body: 'text' })
      expect(await sent.json()).toMatchObject({ method: 'POST' })
      const followed = await way(fetch)(plain.url('/redirect-to', { url: secured.url('/json') }))
      expect([followed.url, await followed.json()]).toEqual([secured.url('/json'), { ok: true }])
    })

    if (guarded)
      it('says that the password is missing, and that it is wrong', async () => {
        for (const credentials of ['', `${user}:wrong`]) {
          await using way = proxy(address(credentials).replace('//@', '//'), trust())
          // What it answers to a wrong one for an http: URL looks like an answer of the server's.
          const servers = program === tinyproxy && credentials !== '' ? [secured] : [plain, secured]
          for (const server of servers) {
            const error = await way(fetch)(server.url('/json')).catch((error: unknown) => error)
            expect(error).toBeInstanceOf(ProxyError)
            expect(errorKind(error)).toBe('proxy')
            expect(error).toHaveProperty('status', refusing(credentials))
          }
        }
        expect(plain.requests.length + secured.requests.length).toBe(0)
      })

    it('tells a server that is down from a proxy that is', async () => {
      await using way = proxy(address(), trust())
      const down = `127.0.0.1:${await freePort()}`
      if (scheme === 'http') {
        expect(await statusOf(way(fetch)(`http://${down}/`))).toBeGreaterThanOrEqual(500)
        const error = await way(fetch)(`https://${down}/`).catch((error: unknown) => error)
        expect(error).toMatchObject({ name: 'ProxyError', status: expect.toSatisfy((status) => status >= 500) })
      } else {
        expect(await way(fetch)(`http://${down}/`).catch(errorKind)).toBe('refused')
        expect(await way(fetch)(`https://${down}/`).catch(errorKind)).toBe('refused')
      }
      await using nowhere = proxy(`${scheme}://${down}`, trust())
      for (const server of [plain, secured]) {
        const error = await nowhere(fetch)(server.url('/json')).catch((error: unknown) => error)
        expect(error).toMatchObject({ name: 'ProxyError', cause: { code: 'ECONNREFUSED' } })
      }
    })

    it('has the certificate of the server behind it checked', async () => {
      await using way = proxy(address())
      expect(await way(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
    })

    it('keeps no connection when it is closed', async () => {
      const way = proxy(address(), trust())
      for (const server of [plain, secured]) await (await way(fetch)(server.url('/json'))).text()
      await way.close()
      expect(way.stats()).toEqual({})
      await expect.poll(() => secured.openSockets, { timeout: 5000 }).toBe(0)
    })
  })
}

describeWith('squid, asked by name', [squid], () => {
  let running: Squid
  beforeAll(async () => {
    running = await startSquid(user, password, ['up.test'])
  })
  afterAll(() => running[Symbol.asyncDispose]())

  it('looks the names up itself, and sees what it is to see', async () => {
    await using way = proxy(`http://${user}:${encodeURIComponent(password)}@127.0.0.1:${running.port}`)
    const { port } = new URL(plain.origin)
    await (await way(fetch)(`http://up.test:${port}/json?a=b#c`)).text()
    expect(await running.log()).toEqual([`GET http://up.test:${port}/json?a=b`])
    expect(plain.requests[0]).toMatchObject({ headers: { host: `up.test:${port}` } })
  })
})
