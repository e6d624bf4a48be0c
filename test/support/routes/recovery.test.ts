import { afterAll, describe, expect, it } from 'vitest'
import { startFaultServer } from '../fault-server.ts'

const server = await startFaultServer()
afterAll(() => server.close())

describe('/flaky', () => {
  it('fails a number of times for each key, and recovers', async () => {
    const url = server.url('/flaky', { key: 'a', fail: 2 })
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([503, 503])
    expect(await (await fetch(url)).json()).toEqual({ key: 'a', attempt: 3 })
    expect((await fetch(server.url('/flaky', { key: 'b' }))).status).toBe(503)
  })

  it('fails with a status and its headers', async () => {
    const response = await fetch(server.url('/flaky', { key: 'c', as: 429, 'retry-after': 7 }))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
    expect(response.headers.has('fail')).toBe(false)
  })

  it('fails as any other route', async () => {
    await expect(fetch(server.url('/flaky?key=d&as=reset'))).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    const cut = await fetch(server.url('/flaky?key=e&as=reset&at=body'))
    await expect(cut.text()).rejects.toThrow('terminated')
    const long = await fetch(server.url('/flaky', { key: 'f', as: '/endless?status=500' }))
    expect(long.status).toBe(500)
    await long.body?.cancel()
  })

  it('recovers as any other route', async () => {
    const url = server.url('/flaky', { key: 'g', next: '/echo' })
    await fetch(url, { method: 'PUT', body: 'first' })
    const response = await fetch(url, { method: 'PUT', body: 'again!' })
    expect(await response.json()).toMatchObject({ method: 'PUT', length: 6 })
  })

  it('starts again when the server is reset', async () => {
    const url = server.url('/flaky?key=h')
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([503, 200])
    server.reset()
    expect((await fetch(url)).status).toBe(503)
  })

  it('asks for a key', async () => {
    expect((await fetch(server.url('/flaky'))).status).toBe(400)
  })
})
