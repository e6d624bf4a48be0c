import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import { compose, type Fetch, type FetchInit, headersOf, withInit } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EndEvent, type HooksOptions, hooks } from './hooks.ts'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const url = 'http://a.test/'

/** What a promise rejects with; a promise that fulfils fails the test. */
async function reasonOf(promise: Promise<unknown> | undefined): Promise<unknown> {
  return (promise ?? Promise.resolve()).then(
    (value) => expect.unreachable(`fulfilled with ${String(value)}`),
    (reason: unknown) => reason,
  )
}

/** A response that tells whether its body was thrown away: read to its end, or cancelled. */
function tracked(): { response: Response; thrownAway: () => boolean } {
  let over = false
  const body = new ReadableStream(
    {
      start: (controller) => controller.enqueue(new TextEncoder().encode('body')),
      pull: (controller) => {
        over = true
        controller.close()
      },
      cancel: () => {
        over = true
      },
    },
    { highWaterMark: 1 },
  )
  return { response: new Response(body), thrownAway: () => over }
}

const never = (): Promise<never> => new Promise(() => {})

describe('options', () => {
  it.each([
    [7, 'hooks: options must be an object, got 7'],
    [fetch, 'hooks: options must be an object, got a function; is it hooks(options)(fetch)?'],
    [{ onStart: never }, 'hooks: there is no option "onStart"; there are onRequest, onResponse, onError, onEnd, bytes'],
    [{ onRequest: 'x' }, 'hooks: onRequest must be a function, got "x"'],
    [{ onResponse: [] }, 'hooks: onResponse must be a function, got an array'],
    [{ onError: null }, 'hooks: onError must be a function, got null'],
    [{ onEnd: {} }, 'hooks: onEnd must be a function, got an object'],
    [{ bytes: 1 }, 'hooks: bytes must be true or false, got 1'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(hooks, undefined, [options])).toThrow(new TypeError(message))
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(hooks(), undefined, [url])).toThrow(`hooks: fetch must be a function, got "${url}"`)
  })

  it('refuses per-call options by name, and sends nothing', async () => {
    const inner = scriptedFetch(200)
    const reason = await reasonOf(Reflect.apply(hooks()(inner), undefined, [url, { hooks: { onEnd: 5 } }]))
    expect(reason).toEqual(new TypeError('hooks: onEnd must be a function, got 5'))
    expect(inner.calls).toHaveLength(0)
  })

  it('may be none: the call goes through as it is', async () => {
    const response = new Response('as it is')
    const inner = vi.fn<Fetch>(async () => response)
    const init = { method: 'PUT' }
    expect(await hooks()(inner)(url, init)).toBe(response)
    expect(inner.mock.calls[0]?.[1]).toBe(init)
  })
})

describe('per-call options', () => {
  it('change the hooks that they name, and go to the outermost layer only', async () => {
    const told: string[] = []
    const inner = scriptedFetch(204)
    const named = (name: string) =>
      hooks({ onRequest: () => void told.push(`${name} request`), onEnd: () => void told.push(`${name} end`) })
    const hooked = compose(named('outer'), named('inner'))(inner)
    await hooked(url, { hooks: { onEnd: () => void told.push('own end') } })
    expect(told).toEqual(['outer request', 'inner request', 'inner end', 'own end'])
    expect(inner.calls[0]?.init).not.toHaveProperty('hooks')
  })

  it('false turns the layer off for the call', async () => {
    const onRequest = vi.fn()
    const inner = scriptedFetch(204)
    const init = { method: 'PUT', hooks: false as const }
    await hooks({ onRequest })(inner)(url, init)
    expect(onRequest).not.toHaveBeenCalled()
    expect(inner.calls[0]?.init).toEqual({ method: 'PUT' })
    expect(init).toEqual({ method: 'PUT', hooks: false })
  })
})

describe('the hooks of a call', () => {
  it('are awaited, in order', async () => {
    const order: string[] = []
    const later = (name: string) => async (): Promise<void> => {
      order.push(`${name} begins`)
      await new Promise(setImmediate)
      order.push(`${name} ends`)
    }
    const inner: Fetch = async () => {
      order.push('fetch')
      return new Response(null)
    }
    await hooks({ onRequest: later('request'), onResponse: later('response'), onEnd: later('end') })(inner)(url)
    await vi.waitFor(() => expect(order.at(-1)).toBe('end ends'))
    expect(order).toEqual([
      'request begins',
      'request ends',
      'fetch',
      'response begins',
      'response ends',
      'end begins',
      'end ends',
    ])
  })

  it('are told of the call as it is sent', async () => {
    const events: unknown[] = []
    const init = { method: 'PUT', headers: { a: '1' } }
    const tell = (event: unknown): void => void events.push(event)
    const inner = scriptedFetch(200)
    const response = await hooks({ onRequest: tell, onResponse: tell })(inner)(url, init)
    const sent = { input: url, init: { method: 'PUT', headers: { a: '1' } } }
    expect(events).toEqual([sent, { ...sent, response }])
    const error = networkError('ECONNRESET')
    await reasonOf(
      hooks({ onRequest: () => ({ input: 'http://b.test/' }), onError: tell })(scriptedFetch(error))(url, init),
    )
    expect(events[2]).toEqual({ error, input: 'http://b.test/', init: sent.init })
  })

  it("cannot change the caller's init", async () => {
    const init = Object.freeze({ method: 'PUT' })
    const hooked = hooks({
      onRequest: (event) => {
        Reflect.apply(Object.assign, undefined, [event.init, { method: 'DELETE' }])
      },
    })(scriptedFetch(200))
    expect(await reasonOf(hooked(url, init))).toBeInstanceOf(TypeError)
    expect(init).toEqual({ method: 'PUT' })
  })

  it.each([
    ['a plain object', () => ({ a: '1' })],
    ['Headers', () => new Headers({ a: '1' })],
    ['pairs', () => [['a', '1']] as [string, string][]],
  ])("cannot change the caller's headers, which are %s", async (_, made) => {
    const headers = made()
    const change = ({ init }: { init: RequestInit }): void => {
      const shown = init.headers
      expect(Object.getPrototypeOf(shown)).toBe(Object.getPrototypeOf(headers))
      expect(new Headers(shown).get('a')).toBe('1')
      if (shown instanceof Headers) shown.set('a', '2')
      else if (Array.isArray(shown))
        expect(() => Reflect.apply(Object.assign, undefined, [shown[0], ['a', '2']])).toThrow()
      else expect(() => Reflect.apply(Object.assign, undefined, [shown, { a: '2' }])).toThrow()
    }
    const inner = scriptedFetch(204)
    const ended = Promise.withResolvers<void>()
    const onEnd = (event: EndEvent): void => {
      change(event)
      ended.resolve()
    }
    await hooks({ onRequest: change, onResponse: change, onEnd })(inner)(url, { headers })
    await ended.promise
    expect(headers).toEqual(made())
    expect(inner.calls[0]?.init?.headers).toEqual(headers)
  })

  it('leave headers that can be read only once to the fetch', async () => {
    const headers = new Map([['a', '1']]).entries()
    const inner = scriptedFetch(204)
    await Reflect.apply(hooks({ onRequest: () => {}, onResponse: () => {} })(inner), undefined, [url, { headers }])
    expect([...new Headers(inner.calls[0]?.init?.headers)]).toEqual([['a', '1']])
  })

  it('leave the response the one that the platform made', async () => {
    const made: Response[] = []
    const inner: Fetch = async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    }
    const options = { onRequest: () => {}, onResponse: () => {}, onError: () => {}, onEnd: () => {} }
    const response = await hooks(options)(inner)(server.url('/redirect?times=1'))
    expect(response).toBe(made[0])
    expect(response.redirected).toBe(true)
    expect(Object.getOwnPropertyNames(response)).toEqual([])
    expect(await response.text()).toBe('{"ok":true}')
  })
})

describe('onRequest', () => {
  const echo = async (
    response: Response,
  ): Promise<{ method: string; path: string; headers: Record<string, string>; length: number }> => response.json()

  it('may return { init }, which is sent in its place', async () => {
    const hooked = hooks({
      onRequest: ({ input, init }) => {
        const headers = headersOf(input, init)
        headers.set('x-added', 'by a hook')
        return { init: withInit(init, { headers }) }
      },
    })(fetch)
    const request = new Request(server.url('/echo'), { method: 'PUT', body: 'four', headers: { 'x-own': '1' } })
    const { method, headers, length } = await echo(await hooked(request))
    expect({ method, length }).toEqual({ method: 'PUT', length: 4 })
    expect(headers).toMatchObject({ 'x-added': 'by a hook', 'x-own': '1' })
  })

  it('may return { input }, with the init as it was', async () => {
    const hooked = hooks({ onRequest: () => ({ input: server.url('/echo?other=1') }) })(fetch)
    const { method, path } = await echo(await hooked(server.url('/echo'), { method: 'POST', body: 'x' }))
    expect({ method, path }).toEqual({ method: 'POST', path: '/echo?other=1' })
  })

  it('may return a Request, which stands for input and init', async () => {
    const hooked = hooks({
      onRequest: async ({ input, init }) => {
        const request = new Request(input, init)
        request.headers.set('x-added', 'yes')
        return request
      },
    })(fetch)
    const init = { method: 'POST', body: 'four', headers: { 'x-own': '1', 'x-added': 'no' } }
    const { method, headers, length } = await echo(await hooked(server.url('/echo'), init))
    expect({ method, length }).toEqual({ method: 'POST', length: 4 })
    expect(headers).toMatchObject({ 'x-added': 'yes', 'x-own': '1' })
  })

  it('does not lose the options of the layers below with a Request', async () => {
    const inner = scriptedFetch(200)
    const hooked = hooks({ onRequest: () => new Request(url) })(inner)
    await Reflect.apply(hooked, undefined, [url, { method: 'PUT', tag: 'kept' }])
    expect(inner.calls[0]?.init).toEqual({ tag: 'kept' })
  })

  it("leaves the caller's abort in force, whatever it returns", async () => {
    const replacements: NonNullable<HooksOptions['onRequest']>[] = [
      () => new Request(server.url('/silent')),
      () => ({ input: server.url('/silent'), init: {} }),
      () => ({ init: { signal: new AbortController().signal } }),
    ]
    for (const onRequest of replacements) {
      const controller = new AbortController()
      const reason = new Error('mine')
      const calling = hooks({ onRequest })(fetch)(server.url('/silent'), { signal: controller.signal })
      await vi.waitFor(() => expect(server.openExchanges).toBe(1))
      controller.abort(reason)
      expect(await reasonOf(calling)).toBe(reason)
      await vi.waitFor(() => expect(server.openExchanges).toBe(0))
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    }
  })

  it('leaves nothing on the signal when the body is over', async () => {
    const { signal } = new AbortController()
    const hooked = hooks({ onRequest: ({ input }) => new Request(input) })(fetch)
    const response = await hooked(server.url('/json'), { signal })
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    await response.text()
    await vi.waitFor(() => expect(getEventListeners(signal, 'abort')).toHaveLength(0))
  })

  it('that throws is what the call fails with, and nothing is sent', async () => {
    const error = new Error('of the hook')
    const inner = scriptedFetch(200)
    const throwing = (): never => {
      throw error
    }
    expect(await reasonOf(hooks({ onRequest: throwing })(inner)(url))).toBe(error)
    expect(await reasonOf(hooks({ onRequest: async () => throwing() })(inner)(url))).toBe(error)
    expect(inner.calls).toHaveLength(0)
  })

  it('that returns something else is a mistake with a name', async () => {
    const reason = await reasonOf(Reflect.apply(hooks, undefined, [{ onRequest: () => url }])(scriptedFetch(200))(url))
    expect(reason).toEqual(
      new TypeError(`hooks: onRequest must return a Request, { input, init } or nothing, got "${url}"`),
    )
  })
})

describe('onResponse', () => {
  it('may return a Response in place of the one that came, which is thrown away', async () => {
    const { response, thrownAway } = tracked()
    const replacement = Response.json({ instead: true })
    const got = await hooks({ onResponse: () => replacement })(async () => response)(url)
    expect(got).toBe(replacement)
    expect(await got.json()).toEqual({ instead: true })
    await vi.waitFor(() => expect(thrownAway()).toBe(true))
  })

  it('frees the connection of a response that it replaces with one without a body, at once', async () => {
    const got = await hooks({ onResponse: () => new Response(null, { status: 204 }) })(fetch)(
      server.url('/endless?every=1'),
    )
    expect(got.status).toBe(204)
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
  })

  const madeOf: Record<string, (response: Response) => Response | Promise<Response>> = {
    'the very body': (response) => new Response(response.body, { headers: { a: '1' } }),
    'its text': async (response) => new Response(await response.text()),
    'a clone': (response) => response.clone(),
    'a branch': (response) => new Response(response.body?.tee()[0]),
    'a transformed body': (response) => new Response(response.body?.pipeThrough(new TransformStream())),
    'a body that is read when it is asked for': (response) => {
      let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
      const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, reader ? 0 : 150))
        reader ??= response.body?.getReader()
        const chunk = await reader?.read()
        if (chunk?.value) controller.enqueue(chunk.value)
        else controller.close()
      }
      return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }))
    },
  }

  it.each(Object.keys(madeOf))('may make the replacement of the old response: of %s', async (way) => {
    const hooked = hooks({ onResponse: ({ response }) => madeOf[way]?.(response), onEnd: () => {} })(fetch)
    const size = 300_000
    const response = await hooked(server.url('/json', { size }))
    expect((await response.bytes()).byteLength).toBe(size)
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
  })

  it('that throws is what the call fails with, and no connection is left', async () => {
    const error = new Error('of the hook')
    const throwing = hooks({
      onResponse: async () => {
        throw error
      },
    })(fetch)
    for (const path of ['/json', '/stall?after=5', '/endless?every=1', '/bytes?size=10000000']) {
      expect(await reasonOf(throwing(server.url(path)))).toBe(error)
    }
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
  })

  it('that throws at once is the same', async () => {
    const { response, thrownAway } = tracked()
    const error = new Error('of the hook')
    const onResponse = (): never => {
      throw error
    }
    expect(await reasonOf(hooks({ onResponse })(async () => response)(url))).toBe(error)
    await vi.waitFor(() => expect(thrownAway()).toBe(true))
  })

  it('that returns something else is a mistake with a name, and the response is thrown away', async () => {
    const { response, thrownAway } = tracked()
    const hooked = Reflect.apply(hooks, undefined, [{ onResponse: () => 'text' }])(async () => response)
    expect(await reasonOf(hooked(url))).toEqual(
      new TypeError('hooks: onResponse must return a Response or nothing, got "text"'),
    )
    await vi.waitFor(() => expect(thrownAway()).toBe(true))
  })

  it('is not told of a failure', async () => {
    const onResponse = vi.fn()
    await reasonOf(hooks({ onResponse })(scriptedFetch(networkError('ECONNRESET')))(url))
    expect(onResponse).not.toHaveBeenCalled()
  })
})

describe('onError', () => {
  const error = networkError('ECONNRESET')

  it('sees the failure, which stays what the call fails with', async () => {
    const seen: unknown[] = []
    const hooked = hooks({ onError: async (event) => void seen.push(event.error) })(scriptedFetch(error))
    expect(await reasonOf(hooked(url))).toBe(error)
    expect(seen).toEqual([error])
  })

  it('may return a Response as a fallback', async () => {
    const fallback = new Response('instead')
    const ends: EndEvent[] = []
    const hooked = hooks({ onError: () => fallback, onEnd: (end) => void ends.push(end) })(scriptedFetch(error))
    expect(await hooked(url)).toBe(fallback)
    await fallback.text()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'ended', status: 200 })
    expect(ends[0]).not.toHaveProperty('headersAfter')
  })

  it('that throws goes before the failure, which is its cause', async () => {
    const own = new Error('of the hook')
    const hooked = hooks({
      onError: () => {
        throw own
      },
    })(scriptedFetch(error))
    expect(await reasonOf(hooked(url))).toBe(own)
    expect(own.cause).toBe(error)
    expect(Object.keys(own)).not.toContain('cause')
  })

  const thrown: Record<string, unknown> = {
    'an error with a cause': new Error('of the hook', { cause: 'its own' }),
    'a string': 'of the hook',
    'a frozen error': Object.freeze(new Error('of the hook')),
    'the failure itself': error,
    "the failure's cause": error.cause,
  }

  it.each(Object.keys(thrown))('may throw %s, and it is left as it is', async (what) => {
    const before = thrown[what] instanceof Error ? thrown[what].cause : undefined
    const hooked = hooks({
      onError: async () => {
        throw thrown[what]
      },
    })(scriptedFetch(error))
    expect(await reasonOf(hooked(url))).toBe(thrown[what])
    expect(thrown[what] instanceof Error ? thrown[what].cause : undefined).toBe(before)
  })

  it('that returns something else is a mistake with a name', async () => {
    const reason = await reasonOf(Reflect.apply(hooks, undefined, [{ onError: () => 1 }])(scriptedFetch(error))(url))
    expect(reason).toMatchObject({ message: 'hooks: onError must return a Response or nothing, got 1', cause: error })
  })

  it('is not told of what other hooks throw', async () => {
    const onError = vi.fn()
    const own = new Error('of a hook')
    const throwing = (): never => {
      throw own
    }
    expect(await reasonOf(hooks({ onRequest: throwing, onError })(scriptedFetch(200))(url))).toBe(own)
    expect(await reasonOf(hooks({ onResponse: throwing, onError })(scriptedFetch(200))(url))).toBe(own)
    expect(onError).not.toHaveBeenCalled()
  })
})

describe("the caller's abort", () => {
  const reasons = [new Error('mine'), 'a string', 0, null, new DOMException('late', 'TimeoutError')]

  it.each(reasons)('wins with its reason, %o, while a hook hangs', async (reason) => {
    const inner = scriptedFetch(200, networkError('ECONNRESET'))
    for (const hanging of ['onRequest', 'onResponse', 'onError'] as const) {
      const controller = new AbortController()
      const began = Promise.withResolvers<void>()
      const hang = (): Promise<never> => {
        began.resolve()
        return never()
      }
      const ends: EndEvent[] = []
      const options = { [hanging]: hang, onEnd: (end: EndEvent) => void ends.push(end) }
      const calling = hooks(options)(inner)(url, { signal: controller.signal })
      await began.promise
      controller.abort(reason)
      expect(await reasonOf(calling)).toBe(reason)
      expect(ends).toMatchObject([{ outcome: 'aborted', error: reason }])
      expect(reason instanceof Error && Object.hasOwn(reason, 'cause')).toBe(false)
    }
  })

  it('while onResponse hangs leaves no connection, and its late replacement is thrown away', async () => {
    const controller = new AbortController()
    const [late, began] = [Promise.withResolvers<Response>(), Promise.withResolvers<void>()]
    const hooked = hooks({
      onResponse: () => {
        began.resolve()
        return late.promise
      },
    })(fetch)
    const calling = hooked(server.url('/stall?after=5'), { signal: controller.signal })
    await began.promise
    controller.abort('enough')
    expect(await reasonOf(calling)).toBe('enough')
    await vi.waitFor(() => expect(server.openExchanges).toBe(0))
    const { response, thrownAway } = tracked()
    late.resolve(response)
    await vi.waitFor(() => expect(thrownAway()).toBe(true))
  })

  it('goes before a fallback', async () => {
    const controller = new AbortController()
    const onError = vi.fn(() => new Response('instead'))
    const calling = hooks({ onError })(scriptedFetch('hang'))(url, { signal: controller.signal })
    controller.abort('enough')
    expect(await reasonOf(calling)).toBe('enough')
    expect(onError).toHaveBeenCalledOnce()
  })

  it('before the call sends nothing, and is told as a failure', async () => {
    const inner = scriptedFetch(200)
    const told: string[] = []
    const options: HooksOptions = {
      onRequest: () => void told.push('request'),
      onError: ({ error }) => void told.push(`error ${error}`),
      onEnd: ({ outcome }) => void told.push(outcome),
    }
    expect(await reasonOf(hooks(options)(inner)(url, { signal: AbortSignal.abort('before') }))).toBe('before')
    expect(inner.calls).toHaveLength(0)
    expect(told).toEqual(['error before', 'aborted'])
  })

  it('leaves no listener when hooks have come to their end', async () => {
    const { signal } = new AbortController()
    const options = { onRequest: async () => {}, onResponse: async () => {}, onError: async () => {}, onEnd: () => {} }
    const inner = scriptedFetch(200, networkError('ECONNRESET'))
    await hooks(options)(inner)(url, { signal })
    await reasonOf(hooks(options)(inner)(url, { signal }))
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

describe('an init that is none', () => {
  it.each([5, 'x', true])('is refused as a replacement, and onEnd is told: %o', async (init) => {
    const onEnd = vi.fn()
    const inner = scriptedFetch(200)
    const hooked = hooks({ onRequest: () => ({ init }) as never, onEnd })(inner)
    const reason = await reasonOf(hooked(url))
    expect(reason).toEqual(
      new TypeError(`hooks: onRequest must return an init that is an object, got ${JSON.stringify(init)}`),
    )
    expect(onEnd).toHaveBeenCalledOnce()
    expect(onEnd.mock.calls[0]?.[0]).toMatchObject({ outcome: 'failed', error: reason, input: url })
    expect(inner.calls).toHaveLength(0)
  })
})

describe("a body that is one of Node's streams", () => {
  it('is handed on as it is, and its end told without its bytes', async () => {
    const body = Readable.from(['a', 'b'])
    const onEnd = vi.fn()
    const hooked = hooks({ onEnd, bytes: true })(async () => ({ status: 200, body }) as unknown as Response)
    const response = await hooked(url)
    expect(await Readable.prototype.toArray.call(response.body)).toEqual(['a', 'b'])
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce())
    expect(onEnd.mock.calls[0]?.[0]).toMatchObject({ outcome: 'ended', status: 200 })
    expect(onEnd.mock.calls[0]?.[0]).not.toHaveProperty('bytes')
  })
})

describe('onEnd', () => {
  let ends: EndEvent[]
  let controller: AbortController
  let throwing: 'onRequest' | 'onResponse' | 'onError' | undefined
  beforeEach(() => {
    ends = []
    controller = new AbortController()
    throwing = undefined
  })

  /** The server's answer to a path through hooks, with the bytes counted. */
  async function call(path: string, init?: FetchInit, more: HooksOptions = {}): Promise<Response> {
    const onEnd = (end: EndEvent): void => void ends.push(end)
    const options = throwing
      ? {
          [throwing]: () => {
            throw new Error('of a hook')
          },
        }
      : {}
    return hooks({ onEnd, bytes: true, ...options, ...more })(fetch)(server.url(path), {
      signal: controller.signal,
      ...init,
    })
  }

  const silently = (promise: Promise<unknown> | undefined): Promise<unknown> => (promise ?? never()).catch(() => {})

  const ways: Record<string, [() => Promise<unknown>, Partial<EndEvent>]> = {
    'is read as text': [
      async () => (await call('/bytes?size=99')).text(),
      { outcome: 'complete', bytes: 99, status: 200 },
    ],
    'is read as JSON': [async () => (await call('/json')).json(), { outcome: 'complete', bytes: 11 }],
    'came in chunks': [
      async () => (await call('/bytes?size=90000&chunked=1')).bytes(),
      { outcome: 'complete', bytes: 90_000 },
    ],
    'was compressed': [async () => (await call('/gzip?size=9000')).arrayBuffer(), { outcome: 'complete', bytes: 9000 }],
    'is empty': [async () => (await call('/bytes?size=0')).text(), { outcome: 'complete', bytes: 0 }],
    'is iterated': [
      async () => {
        for await (const _ of (await call('/bytes?size=99')).body ?? []);
      },
      { outcome: 'complete', bytes: 99 },
    ],
    'is read twice': [
      async () => {
        const response = await call('/bytes?size=99')
        await Promise.all([response.clone().text(), response.text()])
      },
      { outcome: 'complete', bytes: 99 },
    ],
    'is none, after a HEAD': [() => call('/bytes?size=99', { method: 'HEAD' }), { outcome: 'complete', bytes: 0 }],
    'is none, with 204': [() => call('/status/204'), { outcome: 'complete', bytes: 0, status: 204 }],
    'is none, with 304': [() => call('/status/304'), { outcome: 'complete', bytes: 0, status: 304 }],
    'belongs to an error': [
      async () => (await call('/status/503?body=5')).text(),
      { outcome: 'complete', bytes: 5, status: 503 },
    ],
    'is cancelled': [async () => (await call('/stall?after=5')).body?.cancel(), { outcome: 'cancelled', bytes: 0 }],
    'is left in the middle': [
      async () => {
        for await (const _ of (await call('/stall?after=50')).body ?? []) break
      },
      { outcome: 'cancelled', bytes: 50, contentLength: 1074 },
    ],
    'is reset': [async () => silently((await call('/reset?at=body')).text()), { outcome: 'failed', status: 200 }],
    'is truncated': [async () => silently((await call('/truncate')).text()), { outcome: 'failed' }],
    'is no gzip': [async () => silently((await call('/bad-gzip')).text()), { outcome: 'failed' }],
    'is aborted while it is read': [
      async () => {
        const reading = (await call('/stall?after=50')).text()
        controller.abort('enough')
        await silently(reading)
      },
      { outcome: 'aborted', error: 'enough' },
    ],
    'is aborted unread': [
      async () => {
        const response = await call('/stall?after=50')
        controller.abort('enough')
        await silently(response.text())
      },
      { outcome: 'aborted', bytes: 0 },
    ],
    'never comes: reset': [() => silently(call('/reset')), { outcome: 'failed', error: expect.any(TypeError) }],
    'never comes: refused': [
      () => silently(hooks({ onEnd: (end) => void ends.push(end) })(fetch)('http://127.0.0.1:1/')),
      { outcome: 'failed' },
    ],
    'never comes: aborted': [
      async () => {
        const calling = call('/silent')
        controller.abort('enough')
        await silently(calling)
      },
      { outcome: 'aborted', error: 'enough' },
    ],
    'never comes: no URL': [
      () => silently(hooks({ onEnd: (end) => void ends.push(end) })(fetch)('no url')),
      { outcome: 'failed' },
    ],
    'never comes: onRequest throws': [
      () => {
        throwing = 'onRequest'
        return silently(call('/json'))
      },
      { outcome: 'failed', error: new Error('of a hook') },
    ],
    'never comes: onResponse throws': [
      () => {
        throwing = 'onResponse'
        return silently(call('/json'))
      },
      { outcome: 'failed', status: 200, error: new Error('of a hook') },
    ],
    'never comes: onError throws': [
      () => {
        throwing = 'onError'
        return silently(call('/reset'))
      },
      { outcome: 'failed' },
    ],
    'is a replacement': [
      async () => (await call('/json', {}, { onResponse: () => new Response('four') })).text(),
      { outcome: 'complete', bytes: 4 },
    ],
    'is a fallback': [
      async () => (await call('/reset', {}, { onError: () => new Response('four') })).text(),
      { outcome: 'complete', bytes: 4 },
    ],
    'is garbage': [
      async () => {
        await (async () => void (await call('/stall?after=5')))()
        await vi.waitFor(
          () => {
            collectGarbage()
            expect(ends).toHaveLength(1)
          },
          { timeout: 5000 },
        )
      },
      { outcome: 'abandoned', bytes: 0 },
    ],
  }

  it.each(Object.keys(ways))('is told once of a body that %s', async (way) => {
    const [use, end] = ways[way] ?? []
    await use?.()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject(end ?? {})
    expect(ends[0]?.duration).toBeGreaterThanOrEqual(ends[0]?.headersAfter ?? 0)
    expect(ends[0]).toHaveProperty('input')
    controller.abort('after the end')
    await new Promise(setImmediate)
    expect(ends).toHaveLength(1)
  })

  it('of a body whose bytes are not counted tells that it has ended', async () => {
    await (await call('/bytes?size=99', {}, { bytes: false })).text()
    await vi.waitFor(() => expect(ends).toHaveLength(1))
    expect(ends[0]).toMatchObject({ outcome: 'ended', contentLength: 99 })
    expect(ends[0]).not.toHaveProperty('bytes')
  })

  it('does not keep a response alive that nobody has any more', async () => {
    const hooked = hooks({
      onRequest: () => {},
      onResponse: () => {},
      onError: () => {},
      onEnd: (end) => void ends.push(end),
    })(fetch)
    const drop = async (): Promise<WeakRef<Response>> => new WeakRef(await hooked(server.url('/stall?after=5')))
    const dropped = await drop()
    await vi.waitFor(
      () => {
        collectGarbage()
        expect(dropped.deref() === undefined).toBe(true)
        expect(ends).toMatchObject([{ outcome: 'ended' }])
      },
      { timeout: 5000 },
    )
  })

  it('is not waited for', async () => {
    const hooked = hooks({ onEnd: never })(scriptedFetch(204, networkError('ECONNRESET')))
    expect((await hooked(url)).status).toBe(204)
    expect(await reasonOf(hooked(url))).toBeInstanceOf(TypeError)
  })

  it.each(['throws', 'rejects'])('that %s is an uncaught error, and breaks nothing', async (manner) => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const error = new Error('of onEnd')
    const rejecting = async (): Promise<never> => {
      throw error
    }
    const hooked = hooks({
      onEnd:
        manner === 'rejects'
          ? rejecting
          : () => {
              throw error
            },
    })(scriptedFetch(204, networkError('ECONNRESET'), 200))
    expect((await hooked(url)).status).toBe(204)
    expect(await reasonOf(hooked(url))).toMatchObject({ message: 'fetch failed' })
    expect(await (await hooked(url)).text()).toBe('status 200')
    await vi.waitFor(() => expect(report.mock.calls).toEqual([[error], [error], [error]]))
  })
})
