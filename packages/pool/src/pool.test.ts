import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { errorKind, type Fetch } from '@steadfetch/core'
import { createAuthority } from '@steadfetch/test-support/certificates'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { statusOf } from '@steadfetch/test-support/status-of'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pool } from './pool.ts'

let server: FaultServer
beforeEach(async () => {
  server = await startFaultServer()
})
afterEach(() => server.close())

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port

describe('options', () => {
  it.each([
    [5, 'pool: options must be an object, got 5'],
    [{ conections: 5 }, 'pool: there is no option "conections"; there are connections, keepAlive, pipelining'],
    [{ connections: 0 }, 'pool: connections must be a positive integer, got 0'],
    [{ connections: '10' }, 'pool: connections must be a positive integer, got "10"'],
    [{ keepAlive: -1 }, 'pool: keepAlive must be a positive number of milliseconds, got -1'],
    [{ pipelining: 0 }, 'pool: pipelining must be a positive integer, got 0'],
    [{ connectTimeout: '5s' }, 'pool: connectTimeout must be a positive number of milliseconds, got "5s"'],
    [{ http2: 'yes' }, 'pool: http2 must be true or false, got "yes"'],
    [{ unpooled: 1 }, 'pool: unpooled must be true or false, got 1'],
    [{ unpooled: true, keepAlive: 5 }, 'pool: unpooled uses a connection once, so keepAlive means nothing beside it'],
    [{ tls: true }, 'pool: tls: options must be an object, got true'],
    [{ tls: { rejectUnauthorized: false } }, 'pool: tls: there is no option "rejectUnauthorized"'],
    [{ tls: { verify: 0 } }, 'pool: tls.verify must be true or false, got 0'],
    [{ tls: { ca: './ca.pem' } }, 'pool: tls.ca must be the text of a PEM file with a CERTIFICATE'],
    [{ tls: { ca: [5] } }, 'pool: tls.ca must be the text or the bytes of a PEM file, got 5'],
    [{ tls: { cert: createAuthority().cert } }, 'pool: tls.cert needs a key beside it'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(pool, undefined, [options])).toThrow(message)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(pool(), undefined, ['http://a.test'])).toThrow('pool: fetch must be a function')
  })
})

describe('connections', () => {
  it('are no more than it was given, and further calls wait', async () => {
    await using ten = pool({ connections: 10 })
    const pooled = ten(fetch)
    const bodies = await Promise.all(times(200).map(async () => (await pooled(server.url('/json'))).json()))
    expect(bodies).toHaveLength(200)
    expect(server.socketsSeen).toBe(10)
  })

  it('are used again, by every fetch that the pool was put around', async () => {
    await using one = pool({ connections: 1 })
    for (const _ of times(5)) await (await one(fetch)(server.url('/json'))).text()
    expect(server.socketsSeen).toBe(1)
  })

  it('are new for every request where they are not to be pooled', async () => {
    await using unpooled = pool({ unpooled: true })
    for (const _ of times(5)) await (await unpooled(fetch)(server.url('/json'))).text()
    expect(server.socketsSeen).toBe(5)
    await expect.poll(() => server.openSockets).toBe(0)
  })

  it('end when nobody has used them for a while', async () => {
    await using brief = pool({ keepAlive: 100 })
    await (await brief(fetch)(server.url('/json'))).text()
    expect(server.openSockets).toBe(1)
    await expect.poll(() => server.openSockets, { timeout: 5000 }).toBe(0)
  })

  it('are told of', async () => {
    await using two = pool({ connections: 2 })
    const pooled = two(fetch)
    expect(two.stats()).toEqual({})
    const calls = times(5).map(() => pooled(server.url('/slow?headers=200')))
    await expect.poll(() => two.stats()).toEqual({ [server.origin]: { open: 2, idle: 0, running: 2, waiting: 3 } })
    for (const call of calls) await (await call).text()
    await expect.poll(() => two.stats()).toEqual({ [server.origin]: { open: 2, idle: 2, running: 0, waiting: 0 } })
  })

  it('leave a call that waits for one to its caller', async () => {
    await using one = pool({ connections: 1 })
    const pooled = one(fetch)
    const first = pooled(server.url('/slow?headers=300'))
    const controller = new AbortController()
    const waiting = pooled(server.url('/json'), { signal: controller.signal })
    controller.abort('mine')
    await expect(waiting).rejects.toBe('mine')
    await (await first).text()
    expect(server.requests).toHaveLength(1)
  })
})

describe('a dispatcher that is there already', () => {
  it('stays', async () => {
    await using inner = pool({ connections: 1 })
    await using outer = pool({ connections: 3 })
    const both = outer(inner(fetch))
    await Promise.all(times(20).map(async () => (await both(server.url('/json'))).text()))
    expect(server.socketsSeen).toBe(3)
    expect(inner.stats()).toEqual({})
  })

  it('is not written into the init of the caller', async () => {
    await using some = pool()
    const init = Object.freeze({ headers: { a: '1' } })
    await (await some(fetch)(server.url('/json'), init)).text()
    expect(init).toEqual({ headers: { a: '1' } })
  })
})

describe('close', () => {
  it('refuses further calls, lets those under way finish, and leaves no connection', async () => {
    const some = pool()
    const pooled = some(fetch)
    const response = await pooled(server.url('/trickle?every=20&chunks=5&size=10'))
    const closing = some.close()
    await expect(pooled(server.url('/json'))).rejects.toThrow('pool: it was closed, and makes no further calls')
    expect((await response.arrayBuffer()).byteLength).toBe(50)
    await closing
    await expect.poll(() => server.openSockets).toBe(0)
  })

  it('ends what is not over after the grace, a body that nobody reads for one', async () => {
    const some = pool()
    const response = await some(fetch)(server.url('/stall'))
    await some.close({ grace: 100 })
    await expect(response.text()).rejects.toThrow()
    await expect.poll(() => server.openSockets).toBe(0)
  })

  it('ends calls that wait behind one that does not end, aborted ones too', async () => {
    const some = pool({ connections: 1 })
    const pooled = some(fetch)
    const response = await pooled(server.url('/stall'))
    const waiting = pooled(server.url('/json'))
    const aborted = pooled(server.url('/json'), { signal: AbortSignal.timeout(10) })
    await expect(aborted).rejects.toThrow('timeout')
    const refusal = new TypeError('pool: it was closed, and this call took longer than the grace')
    const closing = some.close({ grace: 50 })
    await expect(waiting).rejects.toThrow(refusal)
    await closing
    await expect(response.text()).rejects.toThrow()
    expect(some.stats()).toEqual({})
  })

  it('ends connections that are being made', async () => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const accepted = once(silent, 'connection')
    const some = pool()
    const call = some(fetch)(`https://127.0.0.1:${portOf(silent)}/`).catch((error: unknown) => error)
    const [socket]: Socket[] = await accepted
    const closed = socket && once(socket.resume(), 'close')
    await some.close({ grace: 0 })
    expect(await call).toBeInstanceOf(TypeError)
    await closed
    silent.close()
  })

  it('counts a redirect to a further server as the same call', async () => {
    await using other = await startFaultServer()
    const some = pool()
    const next = `/redirect-to?url=${encodeURIComponent(other.url('/stall'))}`
    const call = some(fetch)(server.url('/slow', { headers: 100, next }))
    await expect.poll(() => server.openExchanges).toBe(1)
    const started = some.close({ grace: 600 })
    const response = await call
    await started
    await expect(response.text()).rejects.toThrow()
    await expect.poll(() => other.openSockets).toBe(0)
    expect(some.stats()).toEqual({})
  })

  it('may be called again with a shorter grace', async () => {
    const some = pool()
    const response = await some(fetch)(server.url('/stall'))
    const patient = some.close({ grace: Infinity })
    await some.close({ grace: 0 })
    await patient
    await expect(response.text()).rejects.toThrow()
  })

  it('may be called again, and refuses a grace that is none', async () => {
    const some = pool()
    await (await some(fetch)(server.url('/json'))).text()
    await Promise.all([some.close(), some.close()])
    expect(() => pool().close({ grace: -1 })).toThrow('pool: close: grace must be a positive number of milliseconds')
  })
})

describe('TLS', () => {
  it('trusts the authorities that it was given, and no others', async () => {
    await using secured = await startFaultServer({ tls: true })
    await using trusting = pool({ tls: { ca: secured.ca ?? '' } })
    expect(await statusOf(trusting(fetch)(secured.url('/json')))).toBe(200)
    await using strange = pool({ tls: { ca: createAuthority().cert } })
    expect(await strange(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
    await using usual = pool()
    expect(await usual(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
  })

  it('without verification is for the calls of this pool alone', async () => {
    await using secured = await startFaultServer({ tls: true })
    await using careless = pool({ tls: { verify: false } })
    await using careful = pool()
    expect(await statusOf(careless(fetch)(secured.url('/json')))).toBe(200)
    expect(await careful(fetch)(secured.url('/json')).catch(errorKind)).toBe('tls')
    expect(await fetch(secured.url('/json')).catch(errorKind)).toBe('tls')
  })

  it('shows the certificate of the client', async () => {
    const clients = createAuthority()
    const authority = createAuthority()
    await using mutual = await startFaultServer({
      tls: { ...authority.issue(), ca: authority.cert, clientCa: clients.cert },
    })
    await using known = pool({ tls: { ca: authority.cert, ...clients.issueClient() } })
    expect(await statusOf(known(fetch)(mutual.url('/json')))).toBe(200)
    await using nobody = pool({ tls: { ca: authority.cert } })
    await expect(nobody(fetch)(mutual.url('/json'))).rejects.toThrow()
  })
})

describe('HTTP/2', () => {
  it.runIf(Number(process.versions.undici?.split('.')[0]) < 8)(
    'is refused where the fetch below has none',
    async () => {
      await using two = pool({ http2: true })
      const refusal = "pool: http2 needs the fetch of Node 26 or of npm's undici below it"
      await expect(two(fetch)(server.url('/json'))).rejects.toThrow(new TypeError(refusal))
    },
  )
})

describe('a fetch that is not the platform’s', () => {
  it('is called with a dispatcher, and what it throws is handed on', async () => {
    const failure = new TypeError('fetch failed', { cause: new Error('mine') })
    const inits: unknown[] = []
    const failing: Fetch = (_, init) => {
      inits.push(init)
      return Promise.reject(failure)
    }
    await using some = pool()
    await expect(some(failing)('http://a.test/', { method: 'PUT' })).rejects.toBe(failure)
    expect(inits).toEqual([{ method: 'PUT', dispatcher: expect.objectContaining({ dispatch: expect.any(Function) }) }])
  })
})
