import diagnosticsChannel from 'node:diagnostics_channel'
import { compose, type Fetch, type FetchInit, recordAttempts } from '@steadfetch/core'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ExchangeEndMessage, type LogEntry, type Logger, type LogOptions, log, toCurl } from './log.ts'

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

/** A logger of pino's shape that keeps what it is given. */
function keeper(): { logger: Logger; lines: { level: string; entry: LogEntry; message: string | undefined }[] } {
  const lines: { level: string; entry: LogEntry; message: string | undefined }[] = []
  const at = (level: string) => (entry: object, message?: string) =>
    void lines.push({ level, entry: entry as LogEntry, message })
  return { logger: { info: at('info'), warn: at('warn'), error: at('error') }, lines }
}

/** The console with its methods replaced. */
function consoleStub(): { printed: string[] } {
  const printed: string[] = []
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation(
      (...args: unknown[]) => void printed.push(`${level}: ${args.join(' ')}`),
    )
  }
  return { printed }
}

const channelNames = ['steadfetch:exchange:start', 'steadfetch:exchange:end'] as const

/** What is published of the exchanges that begin from now on; those of other tests may still come to their end. */
function subscribed(): { messages: { name: string | symbol; message: { id: number } }[]; unsubscribe: () => void } {
  const messages: { name: string | symbol; message: { id: number } }[] = []
  const listen = (message: unknown, name: string | symbol): void => {
    const told = message as { id: number }
    if (name === channelNames[0] || messages.some(({ message: { id } }) => id === told.id)) {
      messages.push({ name, message: told })
    }
  }
  for (const name of channelNames) diagnosticsChannel.subscribe(name, listen)
  return {
    messages,
    unsubscribe: () => {
      for (const name of channelNames) diagnosticsChannel.unsubscribe(name, listen)
    },
  }
}

const silently = (promise: Promise<unknown> | undefined): Promise<unknown> =>
  (promise ?? Promise.resolve()).catch(() => {})

describe('options', () => {
  it.each([
    ['x', 'log: options must be an object, got "x"'],
    [fetch, 'log: options must be an object, got a function; is it log(options)(fetch)?'],
    [{ loger: console }, 'log: there is no option "loger"; there are logger, format, level, headers, bytes, redact'],
    [{ logger: true }, 'log: logger must be false, or have info, warn and error, got true'],
    [{ logger: { info: () => {} } }, 'log: logger must be false, or have info, warn and error, got an object'],
    [{ logger: null }, 'log: logger must be false, or have info, warn and error, got null'],
    [{ format: 'json' }, "log: format must be 'line' or 'object', got \"json\""],
    [{ level: 'info' }, 'log: level must be a function, got "info"'],
    [{ headers: 'all' }, 'log: headers must be true or false, got "all"'],
    [{ bytes: 1 }, 'log: bytes must be true or false, got 1'],
    [{ redact: true }, 'log: redact: options must be an object, got true'],
    [{ redact: { name: 'x' } }, 'log: redact: there is no option "name"; there are names, patterns'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(log, undefined, [options])).toThrow(new TypeError(message))
  })

  it('refuses a fetch that is none', () => {
    expect(() => Reflect.apply(log(), undefined, [url])).toThrow(`log: fetch must be a function, got "${url}"`)
  })

  it('refuses per-call options by name, and sends nothing', async () => {
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(log({ logger: false })(inner), undefined, [url, { log: { bytes: 5 } }])
    await expect(calling).rejects.toThrow(new TypeError('log: bytes must be true or false, got 5'))
    expect(inner.calls).toHaveLength(0)
  })
})

describe('per-call options', () => {
  it('change what they name, and go to the outermost layer only', async () => {
    const [outer, inner, own] = [keeper(), keeper(), keeper()]
    const fetching = scriptedFetch(204)
    const logged = compose(log({ logger: outer.logger, bytes: true }), log({ logger: inner.logger }))(fetching)
    const init = { log: { logger: own.logger }, method: 'PUT' }
    await logged(url, init)
    expect([outer.lines.length, inner.lines.length, own.lines.length]).toEqual([0, 1, 1])
    expect(fetching.calls[0]?.init).toEqual({ method: 'PUT' })
    expect(init).toEqual({ log: { logger: own.logger }, method: 'PUT' })
  })

  it('false turns the layer off for the call', async () => {
    const { logger, lines } = keeper()
    await log({ logger })(scriptedFetch(204))(url, { log: false })
    expect(lines).toEqual([])
  })
})

describe('a line', () => {
  it('is written by the console when the body is over', async () => {
    const { printed } = consoleStub()
    const response = await log()(fetch)(server.url('/json?token=abc'), { method: 'post' })
    expect(printed).toEqual([])
    await response.text()
    await vi.waitFor(() => expect(printed).toHaveLength(1))
    expect(printed[0]).toMatch(
      /^info: POST http:\/\/127.0.0.1:\d+\/json\?token=REDACTED 200 in [\d.]+ ms \(headers [\d.]+ ms, 11 bytes announced\)$/,
    )
  })

  it('tells of a failure and what is behind it', async () => {
    const { printed } = consoleStub()
    await silently(log()(scriptedFetch(networkError('ECONNRESET')))(url))
    expect(printed).toHaveLength(1)
    expect(printed[0]).toMatch(
      /^error: GET http:\/\/a.test\/ failed in [\d.]+ ms: reset: TypeError: fetch failed; because of Error: ECONNRESET: ECONNRESET$/,
    )
  })

  it('is one line, whatever is in it', async () => {
    const { printed } = consoleStub()
    await silently(log()(scriptedFetch(new Error('two\nlines \x1b[31m\u2028 %s')))(url, { method: 'A\nB' }))
    expect(printed).toHaveLength(1)
    expect(printed[0]).toContain('GET A\\u000aB'.slice(4))
    expect(printed[0]).toContain('two\\u000alines \\u001b[31m\\u2028 %s')
    expect(printed[0]).not.toMatch(/\p{Cc}|\u2028/u)
  })

  it('has the headers when asked for', async () => {
    const { printed } = consoleStub()
    const init = { headers: { 'x-own': '1' } }
    const inner: Fetch = async () => new Response(null, { headers: { 'x-theirs': '2', 'set-cookie': 'a=b' } })
    await log({ headers: true })(inner)(url, init)
    expect(printed[0]).toMatch(/ request {"x-own":"1"} response {"set-cookie":"REDACTED","x-theirs":"2"}$/)
  })

  it('goes to a logger as an object and a message, and to any as the format says', async () => {
    const { logger, lines } = keeper()
    await log({ logger })(scriptedFetch(204))(url)
    expect(lines).toMatchObject([{ level: 'info', entry: { method: 'GET', url, status: 204 }, message: /^GET http/ }])
    await log({ logger, format: 'line' })(scriptedFetch(204))(url)
    expect(lines[1]?.entry).toMatch(/^GET http:\/\/a.test\/ 204 in/)
    const { printed } = consoleStub()
    await log({ format: 'object' })(scriptedFetch(204))(url)
    expect(printed[0]).toMatch(/^info: \[object Object\] GET/)
  })

  it('is written by pino', async () => {
    const written: string[] = []
    const logger = pino({}, { write: (line: string) => void written.push(line) })
    const logged = log({ logger, bytes: true })(fetch)
    await (await logged(server.url('/bytes?size=5&chunked=1&a=%25s'))).bytes()
    await silently(logged(server.url('/reset')))
    await vi.waitFor(() => expect(written).toHaveLength(2))
    const [first, second] = written.map((line) => JSON.parse(line))
    expect(first).toMatchObject({ level: 30, method: 'GET', status: 200, outcome: 'complete', bytes: 5 })
    expect(first.url).toBe(server.url('/bytes?size=5&chunked=1&a=%25s'))
    expect(first.msg).toContain('a=%25s 200 in ')
    expect(second).toMatchObject({
      level: 50,
      outcome: 'failed',
      errorKind: 'reset',
      error: { name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNRESET' } },
    })
  })
})

describe('the level', () => {
  const cases: [string, () => Promise<unknown>, string][] = []
  let options: LogOptions
  let lines: ReturnType<typeof keeper>['lines']
  beforeEach(() => {
    const kept = keeper()
    lines = kept.lines
    options = { logger: kept.logger, bytes: true }
  })
  const read = async (path: string, init?: FetchInit): Promise<unknown> =>
    (await log(options)(fetch)(server.url(path), init)).text()
  cases.push(
    ['of a success', () => read('/json'), 'info'],
    ['of 404', () => read('/status/404'), 'warn'],
    ['of 503', () => read('/status/503'), 'error'],
    ['of a failure', () => silently(read('/reset')), 'error'],
    ['of a body that fails', () => silently(read('/reset?at=body')), 'error'],
    ["of a caller's abort", () => silently(read('/silent', { signal: AbortSignal.abort('enough') })), 'info'],
    ["of a caller's timeout", () => silently(read('/silent', { signal: AbortSignal.timeout(10) })), 'error'],
  )

  it.each(cases)('%s is as it should be', async (_, use, level) => {
    await use()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(lines[0]?.level).toBe(level)
  })

  it('may be chosen, for no line too', async () => {
    const level = ({ status }: LogEntry) => (status === 204 ? false : 'warn')
    const logged = log({ ...options, level })(scriptedFetch(204, 200))
    await logged(url)
    await (await logged(url)).text()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    expect(lines).toMatchObject([{ level: 'warn', entry: { status: 200 } }])
  })
})

describe('an entry', () => {
  let lines: ReturnType<typeof keeper>['lines']
  let logger: Logger
  beforeEach(() => {
    const kept = keeper()
    lines = kept.lines
    logger = kept.logger
  })
  const entryOf = async (use: () => Promise<unknown>): Promise<LogEntry | undefined> => {
    await use()
    await vi.waitFor(() => expect(lines).toHaveLength(1))
    return lines[0]?.entry
  }

  it('has what is known, and nothing else', async () => {
    const entry = await entryOf(async () => (await log({ logger })(fetch)(server.url('/bytes?size=7'))).bytes())
    expect(entry).toEqual({
      method: 'GET',
      url: server.url('/bytes?size=7'),
      status: 200,
      outcome: 'ended',
      contentLength: 7,
      headersAfter: expect.any(Number),
      duration: expect.any(Number),
    })
  })

  it.each([
    ['/bytes?size=70000&chunked=1', 'GET', 70_000],
    ['/gzip?size=5000', 'GET', 5000],
    ['/bytes?size=5', 'HEAD', 0],
    ['/status/204', 'GET', 0],
  ])('counts the bytes of %s, %s: %i', async (path, method, bytes) => {
    const entry = await entryOf(async () =>
      (await log({ logger, bytes: true })(fetch)(server.url(path), { method })).bytes(),
    )
    expect(entry).toMatchObject({ outcome: 'complete', bytes })
  })

  it('tells where redirects have led to', async () => {
    const entry = await entryOf(async () =>
      (await log({ logger })(fetch)(server.url('/redirect?next=/json?sig=x'))).text(),
    )
    expect(entry?.redirectedTo).toBe(server.url('/json?sig=REDACTED'))
  })

  it('counts the attempts that a layer below has made, of a response and of a failure', async () => {
    const attempts = [{ duration: 1 }, { duration: 1 }, { duration: 1 }]
    const inner: Fetch = async (input) => {
      const result = String(input).endsWith('fail') ? new Error('last') : new Response(null)
      recordAttempts(result, { attempts })
      if (result instanceof Error) throw result
      return result
    }
    await log({ logger })(inner)(url)
    await silently(log({ logger })(inner)(`${url}fail`))
    expect(lines).toMatchObject([{ entry: { attempts: 3 } }, { entry: { attempts: 3 }, message: / 3 attempts/ }])
  })

  it.each([
    [
      'never comes',
      async () => log({ logger })(fetch)(server.url('/silent'), { signal: AbortSignal.timeout(20) }),
      'timeout',
    ],
    [
      'never comes, for a reason of its own',
      async () => log({ logger })(fetch)(url, { signal: AbortSignal.abort({}) }),
      'abort',
    ],
    [
      'stalls',
      async () => (await log({ logger })(fetch)(server.url('/stall'), { signal: AbortSignal.timeout(60) })).text(),
      'timeout',
    ],
  ])('of a body that %s is aborted', async (_, use, errorKind) => {
    expect(await entryOf(() => silently(use()))).toMatchObject({ outcome: 'aborted', errorKind })
  })

  it('of a body that is cancelled says so', async () => {
    const use = async (): Promise<unknown> =>
      (await log({ logger, bytes: true })(fetch)(server.url('/stall'))).body?.cancel()
    expect(await entryOf(use)).toMatchObject({ outcome: 'cancelled', bytes: 0 })
  })

  it('of a response that nobody has any more says so, and does not keep it alive', async () => {
    const logged = log({ logger, bytes: true, headers: true })(fetch)
    await (async () => void (await logged(server.url('/stall'))))()
    const entry = await entryOf(() =>
      vi.waitFor(
        () => {
          collectGarbage()
          expect(lines).toHaveLength(1)
        },
        { timeout: 5000 },
      ),
    )
    expect(entry).toMatchObject({ outcome: 'abandoned', bytes: 0 })
    expect(lines[0]?.level).toBe('warn')
  })

  it('is of a call that is none', async () => {
    const entry = await entryOf(() => silently(log({ logger })(fetch)('http://u:secret@:0/')))
    expect(entry).toMatchObject({ url: 'REDACTED', outcome: 'failed', errorKind: 'invalid-request' })
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})

describe('what does not work in the logging', () => {
  const broken: Record<string, () => LogOptions> = {
    'a logger that throws': () => ({
      logger: {
        ...keeper().logger,
        info: () => {
          throw new Error('disk full')
        },
      },
    }),
    'a logger that rejects': () => ({
      logger: { ...keeper().logger, info: async () => Promise.reject(new Error('disk full')) },
    }),
    'a level that throws': () => ({
      level: () => {
        throw new Error('disk full')
      },
    }),
  }

  it.each(Object.keys(broken))('does not break the exchange, and is said once: %s', async (what) => {
    const { printed } = consoleStub()
    const logged = log(broken[what]?.())(fetch)
    for (let call = 0; call < 3; call += 1)
      expect(await (await logged(server.url('/json'))).json()).toEqual({ ok: true })
    await vi.waitFor(() => expect(printed).toEqual(['error: log: an exchange could not be logged: Error: disk full']))
  })

  it('does not break the exchange when it is the console', async () => {
    for (const level of ['info', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation(() => {
        throw new Error('EPIPE')
      })
    }
    expect((await log()(scriptedFetch(204))(url)).status).toBe(204)
    expect(console.error).toHaveBeenCalledOnce()
  })

  it('leaves to fetch what it cannot read', async () => {
    const { logger } = keeper()
    const { printed } = consoleStub()
    const inner = scriptedFetch(204)
    const init = { headers: { 'not a name': 'x' } }
    expect((await log({ logger, headers: true })(inner)(url, init)).status).toBe(204)
    expect(printed).toHaveLength(0)
    expect(inner.calls[0]?.init).toBe(init)
  })
})

describe('the diagnostics channels', () => {
  it('tell of the start and the end of an exchange, under one id', async () => {
    const logged = log({ logger: false, bytes: true })(fetch)
    const { messages, unsubscribe } = subscribed()
    const address = server.url('/json?token=abc')
    const shown = server.url('/json?token=REDACTED')
    const calling = logged(address)
    expect(messages).toEqual([
      { name: channelNames[0], message: { id: expect.any(Number), method: 'GET', url: shown } },
    ])
    await (await calling).text()
    await silently(logged(server.url('/reset')))
    await vi.waitFor(() => expect(messages).toHaveLength(4))
    const ends = messages
      .filter(({ name }) => name === channelNames[1])
      .map(({ message }) => message as object as ExchangeEndMessage)
    expect(ends[0]).toMatchObject({ method: 'GET', url: shown, status: 200, outcome: 'complete', bytes: 11 })
    expect(ends[1]).toMatchObject({ outcome: 'failed', errorKind: 'reset' })
    unsubscribe()
    const ids = messages.map(({ message }) => message.id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.filter((id) => id === ids[0])).toHaveLength(2)
  })

  it('cost nothing when nobody listens and nothing is written: the call goes through as it is', async () => {
    const inner = scriptedFetch(204)
    const init = { method: 'PUT' }
    const clock = vi.spyOn(performance, 'now')
    const promise = log({ logger: false })(async (input, given) => {
      expect(clock).not.toHaveBeenCalled()
      return inner(input, given)
    })(url, init)
    await promise
    expect(inner.calls[0]?.init).toBe(init)
  })

  it('are not asked to publish when nobody listens', async () => {
    const publish = vi.spyOn(diagnosticsChannel.Channel.prototype, 'publish')
    const { logger, lines } = keeper()
    await log({ logger })(scriptedFetch(204))(url)
    expect(lines).toHaveLength(1)
    expect(publish).not.toHaveBeenCalled()
  })

  it('are absent where there is no such module', async () => {
    vi.stubGlobal('process', { getBuiltinModule: undefined })
    const { logger, lines } = keeper()
    const withLogger = log({ logger })
    const without = log({ logger: false })
    await withLogger(scriptedFetch(204))(url)
    expect((await without(scriptedFetch(204))(url)).status).toBe(204)
    expect(lines).toHaveLength(1)
  })

  it('have subscribers that may throw', async () => {
    const report = vi.spyOn(process, 'nextTick').mockImplementation(() => {})
    const throwing = (): never => {
      throw new Error('of a subscriber')
    }
    diagnosticsChannel.subscribe('steadfetch:exchange:end', throwing)
    const response = await log({ logger: false })(async () => new Response(null))(url)
    diagnosticsChannel.unsubscribe('steadfetch:exchange:end', throwing)
    expect(response.status).toBe(200)
    expect(report).toHaveBeenCalled()
  })
})

describe('a secret', () => {
  const canary = 'cAnArY-5ecret+1'
  const encoded = encodeURIComponent(canary)
  const traces = [canary, encoded, 'cAnArY', btoa(`someone:${canary}`)]
  const headerNames = [
    ...['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'api-key', 'apikey', 'x-auth-token'],
    ...['x-amz-security-token', 'x-csrf-token', 'ocp-apim-subscription-key', 'x-goog-api-key', 'x-access-token'],
  ]
  const queryNames = [
    ...['api_key', 'apikey', 'API-Key', 'key', 'token', 'Access_Token', 'refreshToken', 'signature', 'sig', 'password'],
    ...['secret', 'client_secret', 'code', 'X-Amz-Signature', 'X-Amz-Credential', 'auth', 'pwd', 'session_id', 'jwt'],
  ]
  const headers = {
    ...Object.fromEntries(headerNames.map((name) => [name, canary])),
    authorization: `Basic ${btoa(`someone:${canary}`)}`,
    cookie: `a=1; sid=${canary}`,
    referer: `http://u:${encoded}@a.test/?token=${encoded}`,
  }
  const query = queryNames.map((name) => `${name}=${encoded}`).join('&')
  const nested = `next=${encodeURIComponent(`http://u:${encoded}@b.test/cb?token=${encoded}`)}`
  const address = `http://someone:${encoded}@a.test/x?page=1&${query}&${nested}#access_token=${canary}`

  const leaky = (): Error =>
    new TypeError(`fetch failed for ${address}`, {
      cause: Object.assign(
        new Error(`Authorization: Bearer ${canary}\n x-api-key: ${canary}; {"password":"${canary}"} said ${canary}`, {
          cause: new AggregateError([new Error(`Cookie: sid=${canary}; Set-Cookie: sid=${canary}`)], `?sig=${canary}`),
        }),
        { code: 'ECONNRESET', input: address },
      ),
    })

  const failingBody = (): Response =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.error(leaky()),
      }),
      { headers: { 'set-cookie': `sid=${canary}; HttpOnly`, location: address, link: `<${address}>; rel="next"` } },
    )

  const redirected = async (): Promise<Response> => {
    const response = new Response('body', { headers: { location: address, 'set-cookie': `sid=${canary}` } })
    return Object.defineProperties(response, { redirected: { value: true }, url: { value: address } })
  }

  /** Where a text has something of a secret, with what is around it. */
  const leaksOf = (text: string, trace: string): string[] =>
    text.split(trace).flatMap((before, index, all) => (index + 1 < all.length ? [before.slice(-60)] : []))

  const aborted = new AbortController()
  aborted.abort(leaky())

  const outcomes: Record<string, (logged: Fetch) => Promise<unknown>> = {
    'a success': async (logged) => (await logged(address, { headers })).text(),
    'a Request': async (logged) => (await logged(new Request(address.replace(/\/\/[^/]*@/, '//'), { headers }))).text(),
    'a URL': async (logged) => (await logged(new URL(address), { headers: Object.entries(headers) })).text(),
    'a cancelled body': async (logged) => (await logged(address, { headers })).body?.cancel(),
    'an abort': async (logged) => (await logged(address, { headers, signal: aborted.signal })).text(),
    'no URL at all': async (logged) =>
      (await logged(`http://someone:${canary}@:99999/?token=${canary}`, { headers })).text(),
  }
  const inners: Record<string, Fetch> = {
    'that responds': redirected,
    'that fails': async () => {
      throw leaky()
    },
    'whose body fails': async () => failingBody(),
    'that is the real one': (input, init) => fetch(input, init),
    'that honours signals': scriptedFetch('hang'),
  }

  it.each(Object.keys(outcomes))('appears nowhere, whatever a fetch makes of it: %s', async (way) => {
    const { printed } = consoleStub()
    const output: string[] = []
    const { messages, unsubscribe } = subscribed()
    const destination = { write: (line: string) => void output.push(line) }
    let exchanges = 0
    for (const [name, inner] of Object.entries(inners)) {
      if (name === 'that honours signals' && way !== 'an abort') continue
      for (const options of [{ logger: pino({}, destination) }, {}]) {
        for (const more of [{}, { headers: true }, { bytes: true, headers: true }]) {
          exchanges += 1
          await silently(outcomes[way]?.(log({ ...options, ...more })(inner)))
        }
      }
    }
    await vi.waitFor(() => {
      expect(output).toHaveLength(exchanges / 2)
      expect(printed).toHaveLength(exchanges / 2)
      expect(messages).toHaveLength(exchanges * 2)
    })
    unsubscribe()
    const everything = [...output, ...printed, JSON.stringify(messages)].join('\n')
    for (const trace of traces) expect(leaksOf(everything, trace)).toEqual([])
    expect(everything).toContain('REDACTED')
    expect(everything).not.toContain('could not be logged')
  })

  it('appears nowhere in a command', async () => {
    const commands = [
      await toCurl(address, { headers, method: 'POST', body: JSON.stringify({ a: { token: canary } }) }),
      await toCurl(address, { headers, method: 'POST', body: new URLSearchParams({ client_secret: canary }) }),
    ]
    for (const trace of traces) expect(leaksOf(commands.join('\n'), trace)).toEqual([])
  })

  it('is shown where redaction is turned off', async () => {
    const { logger, lines } = keeper()
    await log({ logger, headers: true, redact: false })(scriptedFetch(204))(address, { headers })
    expect(lines[0]?.entry.url).toContain(encoded)
    expect(lines[0]?.entry.requestHeaders?.['x-api-key']).toBe(canary)
    expect(lines[0]?.entry.url).not.toContain('#')
  })
})

describe('the response', () => {
  it('is the one that the platform made', async () => {
    const made: Response[] = []
    const { logger } = keeper()
    const response = await log({ logger })(async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    })(server.url('/json'))
    expect(response).toBe(made[0])
    expect(Object.getOwnPropertyNames(response)).toEqual([])
    expect(await response.json()).toEqual({ ok: true })
  })

  it('and the error are what they were', async () => {
    const { logger } = keeper()
    const error = networkError('ECONNRESET')
    const reason = await log({ logger })(scriptedFetch(error))(url).catch((thrown: unknown) => thrown)
    expect(reason).toBe(error)
  })
})
