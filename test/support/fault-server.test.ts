import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultServer, startFaultServer } from './fault-server.ts'

const often = { interval: 5 }
let server: FaultServer

beforeEach(async () => {
  server = await startFaultServer()
})

afterEach(async () => {
  await server.close()
})

/** Responses that stay open until they are aborted. */
async function stalls(count: number, signal: AbortSignal): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => fetch(server.url('/stall'), { signal })))
}

describe('the fault server', () => {
  it('adds parameters to a URL', () => {
    expect(server.url('/status/429?body=3', { 'retry-after': 1 })).toBe(
      `${server.origin}/status/429?body=3&retry-after=1`,
    )
  })

  it('remembers what it has received', async () => {
    await fetch(server.url('/json', { key: 'a' }), { method: 'POST', headers: { 'x-test': 'yes' } })
    expect(server.requests).toMatchObject([
      { method: 'POST', url: '/json?key=a', key: 'a', headers: { 'x-test': 'yes' }, at: expect.any(Number) },
    ])
  })

  it('remembers the last 1000 requests', async () => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
    for (let n = 1; n <= 1001; n++) socket.write(`HEAD /json?n=${n} HTTP/1.1\r\nhost: a\r\n\r\n`)
    socket.end().resume()
    await once(socket, 'close')
    expect(server.hits()).toBe(1001)
    expect(server.requests.length).toBe(1000)
    expect(server.requests[0]?.url).toBe('/json?n=2')
    expect(server.openExchanges).toBe(0)
  })

  it('counts requests, and those of a key', async () => {
    for (const key of ['a', 'b', 'a']) await (await fetch(server.url('/json', { key }))).text()
    expect([server.hits(), server.hits('a'), server.hits('b'), server.hits('c')]).toEqual([3, 2, 1, 0])
  })

  it('counts an exchange as open until its body has ended', async () => {
    const controller = new AbortController()
    await stalls(3, controller.signal)
    expect([server.openExchanges, server.peakExchanges, server.openSockets]).toEqual([3, 3, 3])
    controller.abort()
    await expect.poll(() => server.openExchanges, often).toBe(0)
    expect(server.peakExchanges).toBe(3)
  })

  it('counts an exchange that it has broken off as over', async () => {
    for (const path of [
      '/json',
      '/reset',
      '/close',
      '/truncate',
      '/malformed',
      '/reset?at=body',
      '/bytes?size=300000',
    ]) {
      await fetch(server.url(path))
        .then((response) => response.text(), String)
        .catch(String)
    }
    expect([server.openExchanges, server.peakExchanges]).toEqual([0, 1])
  })

  it('counts the connections, of which keep-alive needs one', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (let n = 0; n < 3; n++) {
      const [response] = await once(http.get(server.url('/json'), { agent }), 'response')
      await once(response.resume(), 'end')
    }
    expect([server.openSockets, server.socketsSeen]).toEqual([1, 1])
  })

  it('counts anew after a reset, from what is open', async () => {
    const controller = new AbortController()
    await stalls(2, controller.signal)
    server.reset()
    expect([server.hits(), server.requests.length]).toEqual([0, 0])
    expect([server.openExchanges, server.peakExchanges]).toEqual([2, 2])
    expect([server.openSockets, server.socketsSeen]).toEqual([2, 2])
    controller.abort()
  })

  it('answers 404 where there is no route, and 400 where a parameter makes no sense', async () => {
    expect((await fetch(server.url('/toString'))).status).toBe(404)
    const response = await fetch(server.url('/reset?at=dawn'))
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('at must be one of headers, body, got dawn')
    expect((await fetch(server.url('/bytes?size=-1'))).status).toBe(400)
    expect((await fetch(server.url('/status/99'))).status).toBe(400)
  })

  it.each([
    'GET /json?size=100000000',
    'GET /bytes?size=100000000&chunked=1',
    'GET /slow?headers=600000',
    'GET /trickle?every=600000',
    'GET /endless?every=0',
    'GET /stall',
    'GET /silent',
    'GET /close',
    'GET /truncate',
    'GET /malformed',
    'POST /echo',
    'GET //',
  ])('does not mind a client that goes away from %s', async (request) => {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1')
    socket.on('error', () => {}).write(`${request} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf`)
    await expect.poll(() => server.hits(), often).toBe(1)
    socket.resetAndDestroy()
    await expect.poll(() => server.openSockets, often).toBe(0)
    expect(server.openExchanges).toBe(0)
    expect((await fetch(server.url('/json'))).status).toBe(200)
  })

  it('cuts off whatever is open when it closes', async () => {
    const slow = fetch(server.url('/slow?headers=600000'))
    const silent = fetch(server.url('/silent'))
    const responses = await Promise.all(['/stall', '/endless', '/json'].map((path) => fetch(server.url(path))))
    await expect.poll(() => server.hits(), often).toBe(5)
    const cut = Promise.allSettled([slow, silent, ...responses.slice(0, 2).map((response) => response.text())])
    await server.close()
    expect([server.openSockets, server.openExchanges]).toEqual([0, 0])
    for (const result of await cut) expect(result).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } })
    await expect(fetch(server.url('/json'))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })

  it('closes once, however often it is told to', async () => {
    await Promise.all([server.close(), server.close()])
    await server.close()
  })

  it('listens on the port it is given, and says when it cannot', async () => {
    const port = Number(new URL(server.origin).port)
    await expect(startFaultServer({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await server.close()
    await using second = await startFaultServer({ port })
    expect(second.origin).toBe(server.origin)
  })
})
