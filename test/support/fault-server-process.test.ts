import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startFaultServer } from './fault-server.ts'
import { startFaultServerProcess } from './fault-server-process.ts'

describe('the fault server in a process of its own', () => {
  it('answers, and tells its counters', async () => {
    await using server = await startFaultServerProcess()
    await (await fetch(server.url('/json', { key: 'a' }))).text()
    await (await fetch(server.url('/json'))).text()
    expect(server.pid).not.toBe(process.pid)
    expect(await server.stats()).toMatchObject({ hits: 2, openExchanges: 0, peakExchanges: 1 })
    expect((await server.stats('a')).hits).toBe(1)
    await server.reset()
    expect((await server.stats()).hits).toBe(0)
  })

  it('gives the certificate to trust', async () => {
    await using server = await startFaultServerProcess({ tls: true })
    expect(server.ca).toContain('BEGIN CERTIFICATE')
    expect(server.origin).toMatch(/^https:/)
  })

  it('says why it cannot listen', async () => {
    await using taken = await startFaultServer()
    const port = Number(new URL(taken.origin).port)
    await expect(startFaultServerProcess({ port })).rejects.toThrow('EADDRINUSE')
  })

  it('leaves no handle that would keep a process alive, whatever was open', async () => {
    const server = await startFaultServerProcess()
    const paths = ['/slow?headers=600000', '/trickle?every=600000', '/endless', '/stall', '/silent', '/json']
    const cut = Promise.allSettled(paths.map(async (path) => (await fetch(server.url(path))).text()))
    await expect.poll(async () => (await server.stats()).hits, { interval: 5 }).toBe(paths.length)
    await server.close()
    await cut
    await expect(server.stats()).rejects.toThrow('gone')
  })

  it('ends when its parent goes away', async () => {
    const child = fork(fileURLToPath(new URL('fault-server-child.ts', import.meta.url)), { execArgv: [] })
    child.send({})
    await once(child, 'message')
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
