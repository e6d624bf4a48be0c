import dns from 'node:dns'
import { proxy } from '@steadfetch/proxy'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { describeWith } from '@steadfetch/test-support/real/program'
import { type Squid, squid, startSquid } from '@steadfetch/test-support/real/squid'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const names = ['a.test', 'www.a.test', 'deep.www.a.test', 'nota.test', 'a.test.test', 'localhost']

/** `no`, where to, and whether that goes through the proxy. PORT is that of the server. */
const table: readonly (readonly [no: string, host: string, through: boolean])[] = [
  ['', 'a.test', true],
  ['a.test', 'a.test', false],
  ['A.Test', 'a.test', false],
  ['a.test.', 'a.test', false],
  ['a.test', 'www.a.test', false],
  ['a.test', 'deep.www.a.test', false],
  ['a.test', 'nota.test', true],
  ['a.test', 'a.test.test', true],
  ['.a.test', 'a.test', false],
  ['.a.test', 'www.a.test', false],
  ['.a.test', 'nota.test', true],
  ['*.a.test', 'www.a.test', false],
  ['*.a.test', 'nota.test', true],
  ['www.a.test', 'a.test', true],
  ['www.a.test', 'deep.www.a.test', false],
  ['a.test:PORT', 'a.test', false],
  ['a.test:PORT', 'www.a.test', false],
  ['a.test:1', 'a.test', true],
  ['a.test:80', 'a.test', true],
  ['b.test, a.test', 'a.test', false],
  ['b.test,a.test', 'www.a.test', false],
  ['b.test a.test', 'a.test', false],
  [' , a.test , ', 'a.test', false],
  ['b.test,c.test', 'a.test', true],
  ['*', 'a.test', false],
  ['*', '127.0.0.1', false],
  ['localhost', 'localhost', false],
  ['localhost', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.1', false],
  ['127.0.0.1:PORT', '127.0.0.1', false],
  ['127.0.0.1:1', '127.0.0.1', true],
  ['127.0.0.10', '127.0.0.1', true],
  ['127.0.0.0/8', '127.0.0.1', false],
  ['127.0.0.0/24', '127.0.0.1', false],
  ['127.0.0.1/32', '127.0.0.1', false],
  ['127.0.0.2/32', '127.0.0.1', true],
  ['10.0.0.0/8', '127.0.0.1', true],
  ['127.0.0.0/8', 'a.test', true],
  ['::1,fd00::/8', '127.0.0.1', true],
  ['::ffff:127.0.0.0/104', '127.0.0.1', false],
]

describeWith('what goes past a proxy', [squid], () => {
  let server: FaultServer
  let running: Squid
  beforeAll(async () => {
    server = await startFaultServer()
    running = await startSquid('user', 'password', names)
    // The names are on the loopback, for us as for squid; nobody is asked for them.
    const lookup = (name: string, options: dns.LookupOptions, callback: (...answer: unknown[]) => void): void => {
      if (!names.includes(name)) callback(new Error(`${name} is not to be looked up`))
      else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    }
    vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup)
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await Promise.all([server.close(), running[Symbol.asyncDispose]()])
  })

  it(`is what is listed, and nothing else: ${table.length} rows, by the proxy's own log`, async () => {
    const { port } = new URL(server.origin)
    const expected: string[] = []
    for (const [row, [no, host, through]] of table.entries()) {
      const url = `http://user:password@127.0.0.1:${running.port}`
      await using way = proxy({ http: url, no: no.replaceAll('PORT', port) })
      const target = `http://${host}:${port}/json?key=row-${row}`
      await (await way(fetch)(target)).text()
      if (through) expected.push(`GET ${target}`)
    }
    expect(await running.log()).toEqual(expected)
    for (const row of table.keys()) expect(server.hits(`row-${row}`)).toBe(1)
  })
})
