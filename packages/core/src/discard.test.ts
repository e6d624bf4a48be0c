import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onBodyEnd } from './body-end.ts'
import { discard } from './discard.ts'

const unhandled = vi.fn()

beforeEach(() => {
  unhandled.mockClear()
  process.on('unhandledRejection', unhandled)
})

afterEach(async () => {
  vi.useRealTimers()
  await setImmediate()
  await setImmediate()
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

function bodyOver(response: Response): Promise<void> {
  return new Promise((resolve) => onBodyEnd(response, () => resolve()))
}

describe('over a connection', () => {
  let server: FaultServer

  beforeEach(async () => {
    server = await startFaultServer()
  })

  afterEach(async () => {
    await server.close()
  })

  /** A dispatcher of the built-in fetch whose calls wait for the one connection that there is. */
  async function singleConnection(): Promise<object> {
    await (await fetch('data:,')).text()
    const [agent] = [2, 1].flatMap(
      (version) => Reflect.get(globalThis, Symbol.for(`undici.globalDispatcher.${version}`)) ?? [],
    )
    return new agent.constructor({ connections: 1 })
  }

  async function fetchAndDiscard(path: string, dispatcher?: object): Promise<void> {
    const response = await fetch(server.url(path), (dispatcher && { dispatcher }) as RequestInit | undefined)
    discard(response)
    await bodyOver(response)
  }

  it.each([0, 1, 1000, 60_000])('is free for the next call after %d bytes', async (size) => {
    const dispatcher = await singleConnection()
    for (let call = 0; call < 10; call += 1) await fetchAndDiscard(`/status/503?body=${size}`, dispatcher)
    expect(server.hits()).toBe(10)
    expect(server.socketsSeen).toBe(1)
  })

  it.each(['/status/503?body=10000000', '/bytes?size=10000000&chunked=1', '/endless?every=0', '/endless', '/stalling'])(
    'is given up for what is long or slow (%s)',
    async (path) => {
      await fetchAndDiscard(path)
      await vi.waitFor(() => expect(server.openExchanges).toBe(0))
      expect(await (await fetch(server.url('/json'))).json()).toEqual({ ok: true })
    },
  )

  it('takes no harm from a connection that breaks meanwhile', async () => {
    for (const path of ['/reset?at=body', '/truncate', '/bad-gzip', '/malformed?as=chunk-size']) {
      await fetchAndDiscard(path)
    }
  })

  it('takes no harm from an abort meanwhile', async () => {
    const controller = new AbortController()
    const response = await fetch(server.url('/stalling'), { signal: controller.signal })
    discard(response)
    controller.abort(new Error('enough'))
    await bodyOver(response)
  })

  it('does nothing where there is no body', async () => {
    for (const init of [{ method: 'HEAD' }, {}]) discard(await fetch(server.url('/status/204'), init))
    discard(new Response(null))
    expect(server.hits()).toBe(2)
  })
})

/** A response with a body that is pulled from `pull`, and what becomes of it. */
function observed(pull: (controller: ReadableStreamDefaultController) => void | Promise<void>, headers = {}) {
  const source = { pull: vi.fn(pull), cancel: vi.fn() }
  return { ...source, response: new Response(new ReadableStream(source, { highWaterMark: 0 }), { headers }) }
}

const chunk = new Uint8Array(1024)

describe('a body', () => {
  it('is read to its end up to 64 KiB', async () => {
    let chunks = 0
    const { response, cancel } = observed((controller) => {
      chunks += 1
      if (chunks <= 64) controller.enqueue(chunk)
      else controller.close()
    })
    discard(response)
    await bodyOver(response)
    expect(chunks).toBe(65)
    expect(cancel).not.toHaveBeenCalled()
  })

  it('is cancelled when it is longer', async () => {
    const { response, cancel, pull } = observed((controller) => controller.enqueue(chunk))
    discard(response)
    await bodyOver(response)
    expect(cancel).toHaveBeenCalledOnce()
    expect(pull).toHaveBeenCalledTimes(65)
  })

  it('is not even begun when it says that it is longer', () => {
    const { response, cancel, pull } = observed(() => {}, { 'content-length': '65537' })
    discard(response)
    expect(cancel).toHaveBeenCalledOnce()
    expect(pull).not.toHaveBeenCalled()
  })

  it('is cancelled when it takes longer than 100 ms', async () => {
    vi.useFakeTimers()
    const { response, cancel } = observed(() => new Promise(() => {}))
    discard(response)
    await vi.advanceTimersByTimeAsync(99)
    expect(cancel).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(cancel).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves no timer when it ends, is too long or fails', async () => {
    const bodies = [
      observed((controller) => controller.close()),
      observed((controller) => controller.enqueue(chunk)),
      observed((controller) => controller.error(new Error('broken'))),
    ]
    vi.useFakeTimers()
    for (const { response } of bodies) {
      const over = bodyOver(response)
      discard(response)
      expect(vi.getTimerCount()).toBe(1)
      await over
      await vi.advanceTimersByTimeAsync(0)
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  it('does not keep the process alive', () => {
    const unref = vi.fn()
    const platform = globalThis.setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(
      new Proxy(platform, {
        apply: (_, that, given) => Object.assign(Reflect.apply(platform, that, given), { unref }),
      }),
    )
    const { response } = observed((controller) => controller.close())
    discard(response)
    expect(unref).toHaveBeenCalledOnce()
    vi.restoreAllMocks()
  })

  it('is left alone while somebody else reads it', async () => {
    const { response, cancel } = observed((controller) => controller.enqueue(chunk))
    const reader = response.body?.getReader()
    discard(response)
    expect((await reader?.read())?.value).toEqual(chunk)
    expect(cancel).not.toHaveBeenCalled()
  })

  it('is left alone when it was read or discarded before', async () => {
    const response = new Response('text')
    expect(await response.text()).toBe('text')
    discard(response)
    const { response: other, pull } = observed((controller) => controller.close())
    discard(other)
    discard(other)
    await bodyOver(other)
    expect(pull).toHaveBeenCalledOnce()
  })

  it('may fail, when it is read and when it is cancelled', async () => {
    const failing = observed(() => Promise.reject(new Error('broken')))
    const stuck = observed(() => {}, { 'content-length': '70000' })
    stuck.cancel.mockRejectedValue(new Error('cannot cancel'))
    discard(failing.response)
    discard(stuck.response)
    await bodyOver(failing.response)
    await bodyOver(stuck.response)
  })

  it('may have failed before', async () => {
    const { response } = observed((controller) => controller.error(new Error('broken')), { 'content-length': '70000' })
    await expect(response.clone().text()).rejects.toThrow('broken')
    discard(response)
  })

  it("is destroyed where it is a stream of Node's, and left alone where it is something else", () => {
    const body = new Readable({ read: () => {} })
    for (const other of [body, 'text', {}, 7]) discard({ status: 200, body: other } as unknown as Response)
    expect(body.destroyed).toBe(true)
  })

  it('may come without headers', async () => {
    const { body } = new Response('text')
    const response = { status: 200, body } as Response
    discard(response)
    await bodyOver(response)
  })

  it('may consist of something other than bytes', async () => {
    const { response, cancel } = observed((controller) => controller.enqueue('text'))
    discard(response)
    await bodyOver(response)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('takes nothing from a clone of it', async () => {
    const response = new Response('text')
    const copy = response.clone()
    discard(response)
    expect(await copy.text()).toBe('text')
    const long = new Response(new Uint8Array(1_000_000))
    const copyOfLong = long.clone()
    discard(long)
    expect((await copyOfLong.arrayBuffer()).byteLength).toBe(1_000_000)
  })
})
