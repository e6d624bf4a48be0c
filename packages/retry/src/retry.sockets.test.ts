import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { compose, errorKind } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { timeout } from '@steadfetch/timeout'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptsOf, retry } from './retry.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())

const retrying = retry({ budget: false, backoff: { base: 1, throttledBase: 1 } })(fetch)

let keys = 0
const flaky = (as: string, parameters: Record<string, string | number> = {}): [key: string, url: string] => {
  keys += 1
  return [`key-${keys}`, server.url('/flaky', { key: `key-${keys}`, fail: 2, as, ...parameters })]
}

/** A port of this machine on which nothing listens. */
async function closedPort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  await new Promise((resolve) => listener.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

describe('a transient failure', () => {
  it.each(['503', '500', '429', '408', 'reset', 'close', '/malformed?as=response'])(
    'of the kind %s is got over, and the bytes are right',
    async (as) => {
      const [key, url] = flaky(as)
      const call = retry({ budget: false, errors: ['reset', 'protocol'], backoff: { base: 1, throttledBase: 1 } })(
        fetch,
      )
      expect(await (await call(url)).json()).toEqual({ key, attempt: 3 })
      expect(server.hits(key)).toBe(3)
    },
  )

  it('that is a silence is got over with a limit for each attempt', async () => {
    const [key, url] = flaky('silent')
    const stack = compose(timeout({ after: 10_000 }), retry({ backoff: { base: 1 } }), timeout({ headers: 60 }))(fetch)
    expect(await (await stack(url)).json()).toEqual({ key, attempt: 3 })
  })

  it('in the body is not repeated: the call is over at the headers', async () => {
    for (const path of ['/reset?at=body', '/truncate?as=length', '/bad-gzip']) {
      server.reset()
      const response = await retrying(server.url(path))
      await expect(response.text()).rejects.toThrow('terminated')
      expect(server.hits()).toBe(1)
      expect(attemptsOf(response)).toBeUndefined()
    }
  })
})

describe('an error response that is thrown away', () => {
  it.each([
    ['endless', '/endless?status=503&every=0'],
    ['stalling', '/stalling?status=503&after=10'],
    ['trickling', '/trickle?status=503&chunks=10000&every=5&size=100'],
  ])('does not hold up the retry when it is %s, and its exchange ends', async (_, as) => {
    const [key, url] = flaky(as)
    expect(await (await retrying(url)).json()).toEqual({ key, attempt: 3 })
    await expect.poll(() => server.openExchanges).toBe(0)
  })

  it('leaves its connection to the next attempt', async () => {
    await using own = await startFaultServer()
    for (let call = 0; call < 200; call += 1) {
      const url = own.url('/flaky', { key: `call-${call}`, fail: 1, as: '/status/503?body=2000' })
      await (await retrying(url)).json()
    }
    expect(own.hits()).toBe(400)
    // Two, as without retries: the built-in fetch may end a body before its socket is free again.
    expect(own.socketsSeen).toBeLessThanOrEqual(2)
  })
})

describe('a body', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251)
  const form = new FormData()
  form.set('file', new File([bytes], 'a.bin'))
  form.set('field', 'value')
  const sha256 = createHash('sha256').update(bytes).digest('hex')

  it.each<[string, () => RequestInit['body']]>([
    ['bytes', () => bytes],
    ['an ArrayBuffer', () => bytes.buffer],
    ['a Blob', () => new Blob([bytes])],
    ['a File', () => new File([bytes], 'a.bin')],
  ])('of %s arrives whole each time', async (_, body) => {
    const [key, url] = flaky('503', { next: '/echo' })
    const echo = await (await retrying(url, { method: 'PUT', body: body() ?? null })).json()
    expect(echo).toMatchObject({ method: 'PUT', length: bytes.length, sha256 })
    expect(server.hits(key)).toBe(3)
  })

  it('of text, a form or parameters arrives with its type', async () => {
    const send = async (body: RequestInit['body']): Promise<{ length: number; headers: Record<string, string> }> =>
      (await retrying(flaky('503', { next: '/echo' })[1], { method: 'PUT', body: body ?? null })).json()
    expect(await send('äöü')).toMatchObject({ length: 6, headers: { 'content-type': 'text/plain;charset=UTF-8' } })
    expect((await send(form)).headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect((await send(form)).length).toBeGreaterThan(bytes.length)
    expect(await send(new URLSearchParams({ a: '1', b: '2' }))).toMatchObject({
      length: 7,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    })
  })

  it('of a Request arrives whole each time, with its type and its length', async () => {
    const [key, url] = flaky('503', { next: '/echo' })
    const headers = { 'content-type': 'application/x-mine', 'x-own': 'kept' }
    const request = new Request(url, { method: 'PUT', body: bytes, headers })
    const echo = await (await retrying(request)).json()
    expect(echo).toMatchObject({ length: bytes.length, sha256, headers: { ...headers, 'content-length': '70000' } })
    expect(server.hits(key)).toBe(3)
  })

  it('of a Request that is too large to keep arrives whole, once', async () => {
    const large = new Uint8Array(3_000_000).fill(7)
    const [key, url] = flaky('503')
    const response = await retrying(new Request(url, { method: 'PUT', body: large }))
    expect(response.status).toBe(503)
    expect(attemptsOf(response)?.stopped).toBe('body')
    expect(server.hits(key)).toBe(1)
    const echo = await (await retrying(new Request(server.url('/echo'), { method: 'PUT', body: large }))).json()
    expect(echo).toMatchObject({
      length: large.length,
      sha256: createHash('sha256').update(large).digest('hex'),
      headers: { 'content-length': '3000000' },
    })
  })

  it('of a one-shot stream is sent once, and the failure is the original one', async () => {
    const streamed = (): RequestInit => {
      const init = { method: 'PUT', body: new Blob([bytes]).stream(), duplex: 'half' }
      return init
    }
    const refused = `http://127.0.0.1:${await closedPort()}/`
    await expect(retrying(refused, streamed())).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    })
    const [key, url] = flaky('503')
    expect((await retrying(url, streamed())).status).toBe(503)
    expect(server.hits(key)).toBe(1)
  })
})

describe('a POST', () => {
  const post = { method: 'POST', body: 'once' }
  const unfollowed = [{ redirect: 'manual' }, { redirect: 'error' }] as const

  it.each(unfollowed)('is repeated when the connection was refused, and no redirect followed (%o)', async (init) => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const url = `http://${host}:${await closedPort()}/`
      const options = { ...post, ...init }
      for (const input of [url, new Request(url, options)]) {
        const error: unknown = await retrying(input, typeof input === 'string' ? options : undefined).catch(
          (reason) => reason,
        )
        expect(attemptsOf(error)).toMatchObject({ attempts: [{}, {}, {}], stopped: 'attempts' })
      }
    }
  })

  it.each(unfollowed)('is repeated when the name is not known, and no redirect followed (%o)', async (init) => {
    const calling = retrying('http://nowhere.invalid/', { ...post, ...init })
    const error: unknown = await calling.catch((reason) => reason)
    expect(attemptsOf(error)).toMatchObject({ attempts: [{}, {}, {}], stopped: 'attempts' })
  })

  it('is not repeated when it may have been answered with a redirect to where nobody listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/`
    const error: unknown = await retrying(url, post).catch((reason) => reason)
    expect(attemptsOf(error)?.stopped).toBe('method')
  })

  it('is not repeated when the server has acted on it, and is gone when the redirect to itself is followed', async () => {
    let acted = 0
    const upstream = createHttpServer((_, response) => {
      acted += 1
      upstream.close()
      response.writeHead(303, { location: '/done', connection: 'close' }).end()
    })
    await once(upstream.listen(0, '127.0.0.1'), 'listening')
    const { port } = upstream.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/orders`
    const error: unknown = await retrying(url, post).catch((reason) => reason)
    expect(errorKind(error)).toBe('refused')
    expect(attemptsOf(error)?.stopped).toBe('method')
    expect(acted).toBe(1)
  })

  it('is not repeated when it may have arrived', async () => {
    const [key, url] = flaky('reset')
    const error: unknown = await retrying(url, post).catch((reason) => reason)
    expect(attemptsOf(error)?.stopped).toBe('method')
    expect(server.hits(key)).toBe(1)
  })

  it('is not repeated when it was answered with a redirect to where nobody listens', async () => {
    server.reset()
    const nobody = `http://127.0.0.1:${await closedPort()}/`
    const url = server.url('/redirect-to', { url: nobody, status: 303 })
    const error: unknown = await retrying(url, post).catch((reason) => reason)
    expect(attemptsOf(error)?.stopped).toBe('method')
    expect(server.hits()).toBe(1)
  })

  it('is repeated with an Idempotency-Key, which stays the same', async () => {
    const [key, url] = flaky('reset')
    const headers = { 'idempotency-key': 'one' }
    expect((await retrying(url, { ...post, headers })).status).toBe(200)
    const sent = server.requests.filter((request) => request.key === key)
    expect(sent.map((request) => request.headers['idempotency-key'])).toEqual(['one', 'one', 'one'])
  })
})
