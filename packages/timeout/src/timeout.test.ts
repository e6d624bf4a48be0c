import { once } from 'node:events'
import { compose, deadlineOf } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { TimeoutError, timeout } from './timeout.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())
afterEach(() => void vi.restoreAllMocks())

/** What a promise rejects with; a promise that fulfils fails the test. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.unreachable(`fulfilled with ${String(value)}`),
    (reason: unknown) => reason,
  )
}

async function timeoutErrorOf(promise: Promise<unknown>): Promise<TimeoutError> {
  const reason = await reasonOf(promise)
  expect(reason).toBeInstanceOf(TimeoutError)
  return reason as TimeoutError
}

describe('options', () => {
  it.each([
    [{}, 'timeout: give at least one limit: after, headers or idle'],
    [undefined, 'timeout: options must be an object, got undefined'],
    [500, 'timeout: options must be an object, got 500'],
    [fetch, 'timeout: options must be an object, got a function; is it timeout(options)(fetch)?'],
    [{ afer: 500 }, 'timeout: there is no option "afer"; there are after, headers, idle'],
    [{ after: 0 }, 'timeout: after must be a positive number of milliseconds, got 0'],
    [{ after: -1 }, 'timeout: after must be a positive number of milliseconds, got -1'],
    [{ headers: Number.NaN }, 'timeout: headers must be a positive number of milliseconds, got NaN'],
    [{ after: 500, idle: '5s' }, 'timeout: idle must be a positive number of milliseconds, got "5s"'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(timeout, undefined, [options])).toThrow(message)
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(timeout({ after: 1 }), undefined, ['http://127.0.0.1'])).toThrow(
      'timeout: fetch must be a function, got "http://127.0.0.1"',
    )
  })

  it('refuses per-call options by name, and sends nothing', async () => {
    const inner = scriptedFetch(200)
    const limited = timeout({ after: 1000 })(inner)
    await expect(limited('http://a.test', { timeout: { after: -5 } })).rejects.toThrow(
      new RangeError('timeout: after must be a positive number of milliseconds, got -5'),
    )
    await expect(Reflect.apply(limited, undefined, ['http://a.test', { timeout: true }])).rejects.toThrow(
      'timeout: options must be an object, got true',
    )
    expect(inner.calls).toHaveLength(0)
  })
})

describe('headers that do not come', () => {
  it('fails after the limit for the headers, and says in which phase', async () => {
    const error = await timeoutErrorOf(timeout({ headers: 50 })(fetch)(server.url('/silent')))
    expect(error).toMatchObject({ name: 'TimeoutError', phase: 'headers', option: 'headers', limit: 50 })
    expect(error.message).toBe('timeout: no response headers within 50 ms')
  })

  it('fails after the limit for the whole exchange', async () => {
    const error = await timeoutErrorOf(timeout({ after: 50 })(fetch)(server.url('/silent')))
    expect(error).toMatchObject({ phase: 'headers', option: 'after', limit: 50 })
  })

  it('applies the smaller limit of the two', async () => {
    const both = await timeoutErrorOf(timeout({ after: 10_000, headers: 40 })(fetch)(server.url('/silent')))
    expect(both).toMatchObject({ option: 'headers', limit: 40 })
  })

  it('does not mind that a double comes back with nothing, too late', async () => {
    const late = Promise.withResolvers<Response>()
    await timeoutErrorOf(timeout({ after: 10 })(() => late.promise)('http://a.test'))
    Reflect.apply(late.resolve, undefined, [undefined])
    await new Promise(setImmediate)
  })

  it('does not wait for a fetch that ignores its signal, and throws its late response away', async () => {
    const cancelled = Promise.withResolvers<unknown>()
    const body = new ReadableStream({ cancel: cancelled.resolve })
    const late = Promise.withResolvers<Response>()
    await timeoutErrorOf(timeout({ after: 10 })(() => late.promise)('http://a.test'))
    late.resolve(new Response(body))
    await cancelled.promise
  })
})

describe('a body that does not end', () => {
  const ways: Record<string, (response: Response) => Promise<unknown>> = {
    text: (response) => response.text(),
    json: (response) => response.json(),
    arrayBuffer: (response) => response.arrayBuffer(),
    bytes: (response) => response.bytes(),
    blob: (response) => response.blob(),
    formData: (response) => response.formData(),
    'a reader': async (response) => {
      const reader = response.body?.getReader()
      while (!(await reader?.read())?.done);
    },
    'a byte reader': async (response) => {
      const reader = response.body?.getReader({ mode: 'byob' })
      while (!(await reader?.read(new Uint8Array(64)))?.done);
    },
    pipeTo: async (response) => response.body?.pipeTo(new WritableStream()),
    'for await': async (response) => {
      for await (const _ of response.body ?? []);
    },
    clone: (response) => response.clone().text(),
    'the original of a clone': (response) => {
      response.clone()
      return response.text()
    },
    "the prototype's method": (response) => Response.prototype.text.call(response),
  }

  // At the same time, so that each may have the patience that a busy machine needs.
  it.concurrent.each(Object.keys(ways))('is cut off at the end of the exchange, read by %s', async (way) => {
    const limited = timeout({ after: 700 })(fetch)
    for (const path of ['/stall?after=5', '/trickle?chunks=1000&every=10&size=5']) {
      const response = await limited(server.url(path, { type: 'multipart/form-data; boundary=x' }))
      const error = await timeoutErrorOf(ways[way]?.(response) ?? Promise.resolve())
      expect(error).toMatchObject({ phase: 'body', option: 'after', limit: 700 })
    }
  })

  it.each(Object.keys(ways))('is cut off when the server falls silent, read by %s', async (way) => {
    const response = await timeout({ idle: 60 })(fetch)(server.url('/stall', { after: 5 }))
    const error = await timeoutErrorOf(ways[way]?.(response) ?? Promise.resolve())
    expect(error).toMatchObject({ phase: 'body', option: 'idle', limit: 60 })
    expect(error.message).toBe('timeout: the server sent nothing more of the body for 60 ms')
  })

  it('is cut off while nobody reads it', async () => {
    const response = await timeout({ after: 700 })(fetch)(server.url('/stall', { after: 5 }))
    await expect.poll(() => server.openExchanges).toBe(0)
    const reason = await reasonOf(response.text())
    // Node 22 forgets the reason of an abort that met nobody reading.
    expect(reason).toMatchObject({ name: process.version.startsWith('v22.') ? 'AbortError' : 'TimeoutError' })
  })

  it('is not limited by a limit for the headers', async () => {
    const response = await timeout({ headers: 700 })(fetch)(server.url('/trickle', { chunks: 20, every: 50, size: 1 }))
    expect(await response.text()).toHaveLength(20)
  })
})

describe('idle', () => {
  it('leaves alone a body that takes long and keeps coming', async () => {
    const response = await timeout({ idle: 700 })(fetch)(server.url('/trickle', { chunks: 20, every: 50, size: 3 }))
    expect(await response.text()).toHaveLength(60)
  })

  it('does not count the time that the consumer takes', async () => {
    const response = await timeout({ idle: 700 })(fetch)(server.url('/bytes', { size: 2_000_000 }))
    const reader = response.body?.getReader()
    let bytes = (await reader?.read())?.value?.byteLength ?? 0
    await new Promise((resolve) => setTimeout(resolve, 900))
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
      bytes += chunk.value.byteLength
    }
    expect(bytes).toBe(2_000_000)
  })

  it('is a limit beside the others', async () => {
    const limited = timeout({ after: 10_000, headers: 10_000, idle: 40 })(fetch)
    const response = await limited(server.url('/stall', { after: 5 }))
    expect(await timeoutErrorOf(response.text())).toMatchObject({ option: 'idle' })
    expect(await timeoutErrorOf(limited(server.url('/silent'), { timeout: { headers: 40 } }))).toMatchObject({
      option: 'headers',
    })
  })
})

describe('exactness', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it.each([1, 7, 130, 999, 60_000])('fires at %i ms and not before', async (limit) => {
    const settled = vi.fn()
    timeout({ after: limit })(scriptedFetch('hang'))('http://a.test').catch(settled)
    await vi.advanceTimersByTimeAsync(limit - 1)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(settled).toHaveBeenCalledOnce()
  })

  it('takes what is left of the exchange for the body, once the headers are there', async () => {
    const abort = Promise.withResolvers<unknown>()
    const limited = timeout({ after: 1000, headers: 400 })(async (_, init) => {
      init?.signal?.addEventListener('abort', () => abort.resolve(init.signal?.reason))
      await new Promise((resolve) => setTimeout(resolve, 300))
      return new Response(new ReadableStream())
    })
    const responding = limited('http://a.test')
    await vi.advanceTimersByTimeAsync(300)
    await responding
    await vi.advanceTimersByTimeAsync(699)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await abort.promise).toMatchObject({ phase: 'body', option: 'after', limit: 1000 })
  })

  it('waits for limits that no timer can hold', async () => {
    const month = 31 * 24 * 3600 * 1000
    const settled = vi.fn()
    timeout({ after: month })(scriptedFetch('hang'))('http://a.test').catch(settled)
    await vi.advanceTimersByTimeAsync(month - 1)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(settled).toHaveBeenCalledOnce()
  })

  it('takes Infinity for no limit, and starts no timer', async () => {
    void timeout({ after: Infinity, headers: Infinity })(scriptedFetch('hang'))('http://a.test')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('tells the layers below by when the response is due', async () => {
    const inner = scriptedFetch(200)
    const due = (): number => deadlineOf(inner.calls.at(-1)?.init?.signal ?? undefined) - performance.now()
    await timeout({ after: 500 })(inner)('http://a.test')
    expect(due()).toBe(500)
    await timeout({ after: 500, headers: 200 })(inner)('http://a.test')
    expect(due()).toBe(200)
    await compose(timeout({ after: 300 }), timeout({ after: 900 }))(inner)('http://a.test')
    expect(due()).toBe(300)
    await timeout({ idle: 5 })(inner)('http://a.test')
    expect(due()).toBe(Infinity)
  })
})

describe("the caller's own signal", () => {
  const reasons = [new Error('mine'), 'a string', 0, null, { an: 'object' }, new DOMException('late', 'TimeoutError')]

  it.each(reasons)('wins with its reason, %o, before the headers', async (reason) => {
    const controller = new AbortController()
    const calling = timeout({ after: 10_000 })(fetch)(server.url('/silent'), { signal: controller.signal })
    controller.abort(reason)
    expect(await reasonOf(calling)).toBe(reason)
  })

  // In the body, the platform itself takes a falsy reason for none.
  it.each(reasons.filter(Boolean))('wins with its reason, %o, in the body', async (reason) => {
    const controller = new AbortController()
    const limited = timeout({ after: 10_000, idle: 10_000 })(fetch)
    const response = await limited(server.url('/stall', { after: 5 }), { signal: controller.signal })
    const reading = response.text()
    controller.abort(reason)
    expect(await reasonOf(reading)).toBe(reason)
  })

  it('that has aborted before sends nothing', async () => {
    const inner = scriptedFetch(200)
    const calling = timeout({ after: 1000 })(inner)('http://a.test', { signal: AbortSignal.abort('before') })
    expect(await reasonOf(calling)).toBe('before')
    expect(inner.calls).toHaveLength(0)
  })

  it('may come with a Request, and the one in init goes before it', async () => {
    const [ofRequest, ofInit] = [new AbortController(), new AbortController()]
    const limited = timeout({ after: 10_000 })(fetch)
    const request = new Request(server.url('/silent'), { signal: ofRequest.signal })
    const first = limited(request)
    const second = limited(request, { signal: ofInit.signal })
    const third = limited(request, { signal: null, timeout: { after: 80 } })
    ofRequest.abort('of the request')
    expect(await reasonOf(first)).toBe('of the request')
    ofInit.abort('of init')
    expect(await reasonOf(second)).toBe('of init')
    expect(await reasonOf(third)).toBeInstanceOf(TimeoutError)
  })

  it('loses nothing to the garbage collector while a body streams', async () => {
    const limited = timeout({ after: 300 })(fetch)
    const stalled = await limited(server.url('/stall', { after: 5 }))
    const controller = new AbortController()
    const request = new Request(server.url('/stall', { after: 5 }), { signal: controller.signal })
    const byRequest = await timeout({ after: 60_000 })(fetch)(request)
    const [deadline, abort] = [reasonOf(stalled.text()), reasonOf(byRequest.text())]
    for (let round = 0; round < 5; round += 1) {
      collectGarbage()
      await new Promise(setImmediate)
    }
    controller.abort('by the caller')
    expect(await abort).toBe('by the caller')
    expect(await deadline).toBeInstanceOf(TimeoutError)
  })
})

describe('per-call options', () => {
  it('change the limits that they name', async () => {
    const limited = timeout({ after: 10_000, headers: 60 })(fetch)
    const named = await timeoutErrorOf(limited(server.url('/silent'), { timeout: { after: 30 } }))
    expect(named).toMatchObject({ option: 'after', limit: 30 })
    const kept = await timeoutErrorOf(limited(server.url('/silent'), { timeout: { after: 9000 } }))
    expect(kept).toMatchObject({ option: 'headers', limit: 60 })
  })

  it('false turns the layer off for the call', async () => {
    const response = await timeout({ after: 1 })(fetch)(server.url('/slow', { headers: 50 }), { timeout: false })
    expect(response.status).toBe(200)
    await response.text()
  })

  it('go to the outermost layer of the name, and not further', async () => {
    const inner = scriptedFetch('hang')
    const limited = compose(timeout({ after: 10_000 }), timeout({ after: 9000 }))(inner)
    const init = { timeout: { after: 20 }, method: 'PUT' }
    expect(await timeoutErrorOf(limited('http://a.test', init))).toMatchObject({ limit: 20 })
    expect(init).toEqual({ timeout: { after: 20 }, method: 'PUT' })
    expect(inner.calls[0]?.init).toMatchObject({ method: 'PUT' })
    expect(inner.calls[0]?.init).not.toHaveProperty('timeout')
  })
})

describe('what is left behind', () => {
  it('is no timer and no listener, whichever way a call ends', async () => {
    const controller = new AbortController()
    const add = vi.spyOn(controller.signal, 'addEventListener')
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const limited = timeout({ after: 6e8, headers: 5e8, idle: 4e8 })(fetch)
    const init = { signal: controller.signal }
    const started = vi.spyOn(globalThis, 'setTimeout')
    const stopped = vi.spyOn(globalThis, 'clearTimeout')

    await (await limited(server.url('/json'), init)).json()
    await (await limited(server.url('/json'), init)).body?.cancel()
    await (await limited(server.url('/json'), { ...init, method: 'HEAD' })).text()
    await limited(server.url('/status/204'), init)
    await reasonOf(limited(server.url('/reset', { at: 'headers' }), init))
    await reasonOf((await limited(server.url('/reset', { at: 'body' }), init)).text())
    await reasonOf(limited('http://127.0.0.1:1/', init))

    const ours = started.mock.results.flatMap(({ value }, call) => {
      const [, delay] = started.mock.calls[call] ?? []
      return delay !== undefined && delay > 1e8 ? [value] : []
    })
    expect(ours.length).toBeGreaterThan(10)
    await vi.waitFor(() => {
      const left = ours.filter((timer) => !stopped.mock.calls.some(([handle]) => handle === timer))
      expect(left).toHaveLength(0)
      expect(remove.mock.calls).toHaveLength(add.mock.calls.length)
    })
    expect(add).toHaveBeenCalled()
  })

  it('is nothing of a response that was dropped unread', async () => {
    const controller = new AbortController()
    const remove = vi.spyOn(controller.signal, 'removeEventListener')
    const limited = timeout({ after: 60_000, idle: 60_000 })(fetch)
    const drop = async (): Promise<WeakRef<Response>> =>
      new WeakRef(await limited(server.url('/stall', { after: 5 }), { signal: controller.signal }))
    const dropped = await drop()
    await vi.waitFor(
      () => {
        collectGarbage()
        expect(dropped.deref() === undefined).toBe(true)
        expect(remove).toHaveBeenCalledOnce()
      },
      { timeout: 5000 },
    )
  })

  it('does not keep the process alive for a body that nobody reads', async () => {
    const { spawn } = await import('node:child_process')
    const program = `
      import { timeout } from ${JSON.stringify(import.meta.resolve('./timeout.ts'))}
      const response = await timeout({ after: 3_600_000 })(fetch)(${JSON.stringify(server.url('/json'))})
      console.log(response.status)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program])
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
})

describe('the response', () => {
  it('is the one that the platform made', async () => {
    const made: Response[] = []
    const limited = timeout({ after: 5000, idle: 5000 })(async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    })
    const response = await limited(server.url('/redirect', { times: 1 }))
    expect(response).toBe(made[0])
    expect(response).toBeInstanceOf(Response)
    expect(response.redirected).toBe(true)
    expect(response.bodyUsed).toBe(false)
    expect(response.body?.locked).toBe(false)
    expect(await response.clone().text()).toBe(await response.text())
    expect(response.bodyUsed).toBe(true)
  })

  it('may come from a mock that makes no promise of it', async () => {
    const made = new Response('made')
    const limited = Reflect.apply(timeout({ after: 5000 }), undefined, [() => made])
    expect(await limited('http://a.test')).toBe(made)
  })

  it('has the error of the platform when it is not about time', async () => {
    const error = new TypeError('fetch failed')
    expect(await reasonOf(timeout({ after: 5000 })(scriptedFetch(error))('http://a.test'))).toBe(error)
  })
})
