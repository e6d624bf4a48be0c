import { Readable } from 'node:stream'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ExchangeEnd, WatchedExchange } from './watched-exchange.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())

/** An exchange with this response, and what it tells of its end. */
function watched(response: Response, countBytes = true, signal?: AbortSignal): { ends: ExchangeEnd[] } {
  const ends: ExchangeEnd[] = []
  const exchange = new WatchedExchange(signal, (end) => void ends.push(end))
  exchange.responded(response)
  exchange.endsWith(response, countBytes)
  return { ends }
}

const chunksOf = (...chunks: string[]): ReadableStream =>
  new ReadableStream({
    pull: (controller) => {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(chunk))
    },
  })

describe('an exchange with its bytes counted', () => {
  const ways: Record<string, (response: Response) => Promise<unknown>> = {
    text: (response) => response.text(),
    bytes: (response) => response.bytes(),
    blob: (response) => response.blob(),
    'a reader': async (response) => {
      const reader = response.body?.getReader()
      while (!(await reader?.read())?.done);
    },
    'for await': async (response) => {
      for await (const _ of response.body ?? []);
    },
    pipeTo: async (response) => response.body?.pipeTo(new WritableStream()),
    'a clone and the original': async (response) => Promise.all([response.clone().text(), response.text()]),
  }

  it.each(Object.keys(ways))('is complete with the bytes that were read, by %s', async (way) => {
    for (const [path, size] of [
      ['/bytes?size=70000', 70_000],
      ['/bytes?size=70000&chunked=1', 70_000],
      ['/gzip?size=5000', 5000],
      ['/bytes?size=0', 0],
    ] as const) {
      const response = await fetch(server.url(path))
      const { ends } = watched(response)
      await ways[way]?.(response)
      await vi.waitFor(() => expect(ends).toHaveLength(1))
      expect(ends[0]).toMatchObject({ outcome: 'complete', bytes: size, status: 200 })
    }
  })

  it('is cancelled with the bytes that were read until then', async () => {
    const response = await fetch(server.url('/stall?after=100'))
    const { ends } = watched(response)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'cancelled', bytes: 100, contentLength: 1124 })
  })

  it('is cancelled when nothing was read of it', async () => {
    const response = await fetch(server.url('/stall?after=100'))
    const { ends } = watched(response)
    await response.body?.cancel()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'cancelled', bytes: 0 })
  })

  it('is failed with the bytes that were read, and with the error', async () => {
    const response = await fetch(server.url('/reset?at=body'))
    const { ends } = watched(response)
    const error = await response.text().catch((reason: unknown) => reason)
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'failed', status: 200 })
    expect(ends[0]?.error).toBe(error)
    expect(ends[0]?.bytes).toBeLessThanOrEqual(512)
  })

  it("is aborted when it was the caller's signal", async () => {
    const controller = new AbortController()
    const response = await fetch(server.url('/stall?after=100'), { signal: controller.signal })
    const { ends } = watched(response, true, controller.signal)
    const reader = response.body?.getReader()
    await reader?.read()
    const reading = reader?.read().catch(() => {})
    controller.abort(new Error('enough'))
    await reading
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'aborted', bytes: 100, error: { message: 'enough' } })
  })

  it('is not over with an empty chunk', async () => {
    const response = new Response(chunksOf('ab', '', 'c', 'd'))
    const { ends } = watched(response)
    const reader = response.body?.getReader()
    for (let chunk = 0; chunk < 3; chunk += 1) await reader?.read()
    await reader?.cancel()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'cancelled', bytes: 3 })
  })

  it('is not counted when somebody was reading already, or reads it unseen', async () => {
    const response = new Response(chunksOf('abc'))
    const reader = response.body?.getReader()
    const { ends } = watched(response)
    while (!(await reader?.read())?.done);
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'ended' })
    expect(ends[0]).not.toHaveProperty('bytes')
  })

  it("is not counted when the body is one of Node's streams, even where the response is dropped", async () => {
    const body = Readable.from(['abc'])
    const { ends } = watched({ status: 200, body } as unknown as Response)
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve))
      collectGarbage()
    }
    await body.toArray()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'ended', status: 200 })
    expect(ends[0]).not.toHaveProperty('bytes')
  })

  it.each(['unread', 'half read'])('is abandoned when the response is dropped %s', async (state) => {
    const drop = async (): Promise<{ ends: ExchangeEnd[] }> => {
      if (state === 'unread') {
        const response = await fetch(server.url('/stall?after=5'))
        return watched(response)
      }
      const response = new Response(chunksOf('a', 'b', 'c'))
      const exchange = watched(response)
      const reader = response.body?.getReader()
      await reader?.read()
      return exchange
    }
    const { ends } = await drop()
    await vi.waitFor(
      () => {
        collectGarbage()
        expect(ends).toHaveLength(1)
      },
      { timeout: 5000 },
    )
    expect(ends[0]).toMatchObject({ outcome: 'abandoned', bytes: state === 'unread' ? 0 : 1 })
  })
})

describe('an exchange without its bytes counted', () => {
  it('ends, whether the body was read or cancelled, and claims no bytes', async () => {
    for (const end of [(response: Response) => response.text(), (response: Response) => response.body?.cancel()]) {
      const response = await fetch(server.url('/bytes?size=1000'))
      const { ends } = watched(response, false)
      await end(response)
      await vi.waitFor(() => expect(ends).toHaveLength(1))
      expect(ends[0]).toMatchObject({ outcome: 'ended', contentLength: 1000 })
      expect(ends[0]).not.toHaveProperty('bytes')
    }
  })

  it('leaves the response as the platform made it', async () => {
    const response = await fetch(server.url('/json'))
    watched(response, false)
    expect(Object.getOwnPropertyNames(response)).toEqual([])
    expect(Object.getOwnPropertyNames(response.body)).toEqual([])
    await response.text()
  })

  it.each(['/status/204', '/status/304', '/bytes?size=10'])('is complete at once without a body: %s', async (path) => {
    const response = await fetch(server.url(path), { method: 'HEAD' })
    const { ends } = watched(response, false)
    expect(ends).toMatchObject([{ outcome: 'complete', bytes: 0, status: response.status }])
    expect(ends[0]).not.toHaveProperty('contentLength')
  })

  it('tells a length that was announced only where it is that of the body as it is read', async () => {
    for (const [path, length] of [
      ['/bytes?size=7', 7],
      ['/bytes?size=7&chunked=1', undefined],
      ['/gzip?size=7', undefined],
    ] as const) {
      const response = await fetch(server.url(path))
      const { ends } = watched(response, false)
      await response.text()
      await vi.waitFor(() => expect(ends).toHaveLength(1))
      expect(ends[0]?.contentLength).toBe(length)
    }
  })
})

describe('the times of an exchange', () => {
  it('are from its start to the headers and to the end', async () => {
    vi.useFakeTimers()
    const ends: ExchangeEnd[] = []
    const exchange = new WatchedExchange(undefined, (end) => void ends.push(end))
    await vi.advanceTimersByTimeAsync(30)
    const response = new Response(chunksOf('a'))
    exchange.responded(response)
    await vi.advanceTimersByTimeAsync(12)
    exchange.endsWith(response, false)
    await response.text()
    vi.useRealTimers()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]?.headersAfter).toBe(30)
  })

  it('are those of a call that failed, and it is told once', () => {
    vi.useFakeTimers()
    const told = vi.fn()
    const exchange = new WatchedExchange(undefined, told)
    vi.advanceTimersByTime(25)
    exchange.failed('refused')
    exchange.failed('again')
    exchange.endsWith(new Response(null), false)
    vi.useRealTimers()
    expect(told.mock.calls).toEqual([[{ outcome: 'failed', error: 'refused', duration: 25 }]])
  })
})
