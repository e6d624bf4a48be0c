import { setTimeout as after } from 'node:timers/promises'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { pattern } from '@steadfetch/test-support/pattern'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readAhead } from './read-ahead.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(() => server.close())

const most = 64 * 1024
const often = { interval: 2 }

describe('a body read ahead', () => {
  it.each([0, 1, 1000, most])('of %i bytes is there, and can be read again', async (size) => {
    const response = await fetch(server.url('/bytes', { size }))
    expect(await readAhead(response, undefined)).toEqual(pattern(size))
    expect([response.bodyUsed, response.body?.locked]).toEqual([false, false])
    expect(await response.bytes()).toEqual(pattern(size))
  })

  it.each([most + 1, 500_000])('of %i bytes is not, and can be read whole', async (size) => {
    const response = await fetch(server.url('/bytes', { size, chunked: 1 }))
    expect(await readAhead(response, undefined)).toBeUndefined()
    expect(response.bodyUsed).toBe(false)
    expect(await response.bytes()).toEqual(pattern(size))
  })

  it('holds no connection, even if nobody reads it', async () => {
    const response = await fetch(server.url('/bytes', { size: 1000, chunked: 1 }))
    await readAhead(response, undefined)
    await vi.waitUntil(() => server.openExchanges === 0, often)
    expect(response.bodyUsed).toBe(false)
  })

  it('that is too long can be cancelled, which frees the connection', async () => {
    const response = await fetch(server.url('/endless'))
    expect(await readAhead(response, undefined)).toBeUndefined()
    await response.body?.cancel()
    await vi.waitUntil(() => server.openExchanges === 0, often)
  })

  it('that fails is not there, and fails for whoever reads it', async () => {
    const response = await fetch(server.url('/reset', { at: 'body' }))
    expect(await readAhead(response, undefined)).toBeUndefined()
    await expect(response.text()).rejects.toThrow('terminated')
  })

  it('is not there where there is none, or somebody has it', async () => {
    expect(await readAhead(new Response(null), undefined)).toBeUndefined()
    const used = new Response('x')
    await used.text()
    expect(await readAhead(used, undefined)).toBeUndefined()
    const locked = new Response('x')
    locked.body?.getReader()
    expect(await readAhead(locked, undefined)).toBeUndefined()
    const ofNode: object = { body: { pipe: () => {} } }
    expect(await Reflect.apply(readAhead, undefined, [ofNode])).toBeUndefined()
  })

  it('that is no bytes is not there', async () => {
    const response = new Response(new ReadableStream({ start: (controller) => controller.enqueue('text') }))
    expect(await readAhead(response, undefined)).toBeUndefined()
  })
})

describe('an abort by the caller', () => {
  it('is the outcome at once, and nothing is left open', async () => {
    const reason = { why: 'enough' }
    const controller = new AbortController()
    const { signal } = controller
    const response = await fetch(server.url('/stall', { after: 5 }), { signal })
    const failing = readAhead(response, signal).catch((error: unknown) => error)
    controller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => server.openExchanges === 0, often)
  })

  it('throws the response away that a fetch below goes on with', async () => {
    const controller = new AbortController()
    const response = await fetch(server.url('/stall', { after: 5 }))
    const failing = readAhead(response, controller.signal).catch((error: unknown) => error)
    controller.abort('enough')
    expect(await failing).toBe('enough')
    await vi.waitUntil(() => server.openExchanges === 0, often)
  })

  it('leaves no listener', async () => {
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await readAhead(new Response('x'), signal)
    await after(0)
    expect(add).toHaveBeenCalled()
    expect(remove.mock.calls).toHaveLength(add.mock.calls.length)
  })
})
