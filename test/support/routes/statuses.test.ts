import { afterAll, describe, expect, it } from 'vitest'
import { startFaultServer } from '../fault-server.ts'

const server = await startFaultServer()
afterAll(() => server.close())

describe('/status', () => {
  it.each([200, 404, 429, 503, 599])('answers %i with a short text', async (code) => {
    const response = await fetch(server.url(`/status/${code}`))
    expect(response.status).toBe(code)
    expect(await response.text()).toContain(String(code))
  })

  it.each([204, 205, 304])('answers %i without a body', async (code) => {
    const response = await fetch(server.url(`/status/${code}?body=10`))
    expect([response.status, await response.text()]).toEqual([code, ''])
    expect(response.headers.get('content-length')).toBe(code === 205 ? '0' : null)
  })

  it('sends a body of any size', async () => {
    for (const body of [0, 1, 300_000]) {
      const response = await fetch(server.url('/status/503', { body }))
      expect((await response.bytes()).length).toBe(body)
    }
  })

  it('sends every other parameter as a header', async () => {
    const response = await fetch(
      server.url('/status/429?retry-after=3&retry-after-ms=20&set-cookie=a&set-cookie=b&key=k'),
    )
    expect(response.headers.get('retry-after')).toBe('3')
    expect(response.headers.get('retry-after-ms')).toBe('20')
    expect(response.headers.getSetCookie()).toEqual(['a', 'b'])
    expect(response.headers.has('key')).toBe(false)
  })
})

describe('/redirect', () => {
  it('is a chain of a length, and carries the key along', async () => {
    const response = await fetch(server.url('/redirect?times=3&key=chain'))
    expect([response.redirected, response.url]).toEqual([true, server.url('/json?key=chain')])
    expect(server.hits('chain')).toBe(4)
  })

  it.each([301, 302, 303, 307, 308])('redirects with %i', async (status) => {
    const response = await fetch(server.url('/redirect', { status }), { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([status, '/json'])
  })

  it('ends where it is told to', async () => {
    const url = server.url('/redirect', { times: 2, status: 307, next: '/echo?a=b' })
    const response = await fetch(url, { method: 'POST', body: 'kept' })
    expect(await response.json()).toMatchObject({ method: 'POST', path: '/echo?a=b', length: 4 })
  })
})

describe('/redirect-to', () => {
  it('leads to another origin', async () => {
    await using other = await startFaultServer()
    const response = await fetch(server.url('/redirect-to', { url: other.url('/echo'), status: 307 }), {
      headers: { authorization: 'secret' },
    })
    expect(response.url).toBe(other.url('/echo'))
    expect((await response.json()).headers).not.toHaveProperty('authorization')
  })
})
