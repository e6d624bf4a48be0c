import { concurrency } from '@steadfetch/concurrency'
import { attemptsOf, compose, discard, type Fetch } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { timeout } from '@steadfetch/timeout'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HttpError, type HttpErrorsOptions, httpErrors } from './http-errors.ts'

let server: FaultServer

beforeAll(async () => {
  server = await startFaultServer()
})

afterAll(() => server.close())

const url = 'http://a.test/x?api_key=s3cret'
const often = { interval: 2 }

async function errorOf(calling: Promise<Response>): Promise<HttpError> {
  const error: unknown = await calling.then(
    () => expect.unreachable('it should have failed'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(HttpError)
  return error as HttpError
}

async function statusesThatFail(options: HttpErrorsOptions, statuses: readonly number[]): Promise<number[]> {
  const failed: number[] = []
  for (const status of statuses) {
    const outcome = await httpErrors(options)(scriptedFetch(status))(url).catch((error: unknown) => error)
    if (outcome instanceof HttpError) failed.push(outcome.status)
  }
  return failed
}

function problemResponse(body: BodyInit | null, status = 403): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/problem+json' } })
}

describe('options', () => {
  it.each([
    [{ statuses: 404 }, 'httpErrors: statuses must be an array of statuses, got 404'],
    [{ statuses: ['404'] }, 'httpErrors: statuses must have statuses from 200 to 999'],
    [{ except: [0] }, 'httpErrors: except must have statuses from 200 to 999'],
    [{ problem: 'yes' }, 'httpErrors: problem must be true or false, got "yes"'],
    [{ readAhead: 1 }, 'httpErrors: readAhead must be true or false, got 1'],
    [{ status: [404] }, 'httpErrors: there is no option "status"'],
    [null, 'httpErrors: options must be an object, got null'],
    [() => {}, 'httpErrors: options must be an object, got a function'],
  ])('are refused at once when they are %o', (options, message) => {
    expect(() => Reflect.apply(httpErrors, undefined, [options])).toThrow(message)
  })

  it('are refused per call too, and nothing is sent', async () => {
    const inner = scriptedFetch()
    for (const wrong of [null, 404, { except: 404 }, { statusses: [] }]) {
      const init: object = { httpErrors: wrong }
      await expect(httpErrors()(inner)(url, init)).rejects.toThrow(/^httpErrors: /)
    }
    expect(inner.calls).toHaveLength(0)
  })

  it('need a fetch below', () => {
    expect(() => Reflect.apply(httpErrors(), undefined, [url])).toThrow(/^httpErrors: fetch must be a function/)
  })
})

describe('a status', () => {
  it('is an error from 400 to 599', async () => {
    const statuses = [200, 204, 299, 300, 304, 399, 400, 404, 499, 500, 599]
    expect(await statusesThatFail({}, statuses)).toEqual([400, 404, 499, 500, 599])
  })

  it('is an error as the options have it', async () => {
    expect(await statusesThatFail({ except: [404, 409] }, [400, 404, 409, 500])).toEqual([400, 500])
    expect(await statusesThatFail({ statuses: ['5xx', 304] }, [304, 404, 500])).toEqual([304, 500])
    expect(await statusesThatFail({ statuses: ['4xx'], except: ['4xx'] }, [404])).toEqual([])
  })

  it.each(['/json', '/status/204', '/status/304', '/redirect'])('of %s passes, the very response', async (path) => {
    const made: Response[] = []
    const client = httpErrors()(async (input, init) => {
      const response = await fetch(input, init)
      made.push(response)
      return response
    })
    const response = await client(server.url(path))
    expect(response).toBe(made[0])
    await response.text()
  })

  it('of a redirect that is not followed passes, and so does an error that is none', async () => {
    const response = await httpErrors()(fetch)(server.url('/redirect'), { redirect: 'manual' })
    expect(response.status).toBe(302)
    await response.text()
    const opaque = Response.error()
    expect(await httpErrors()(scriptedFetch(() => opaque))(url)).toBe(opaque)
  })
})

describe('the error', () => {
  it('tells what was called and what has answered, without secrets', async () => {
    const error = await errorOf(
      httpErrors()(fetch)(server.url('/status/404', { api_key: 's3cret' }), { method: 'put' }),
    )
    expect(error.message).toBe(`PUT ${server.origin}/status/404?api_key=REDACTED answered 404 Not Found`)
    expect(error).toMatchObject({ status: 404, statusText: 'Not Found', method: 'PUT' })
    discard(error.response)
  })

  it('has the response, its body unread', async () => {
    const error = await errorOf(httpErrors()(fetch)(server.url('/status/503?retry-after=3')))
    expect(error.response).toBeInstanceOf(Response)
    expect(error.response.bodyUsed).toBe(false)
    expect(error.response.headers.get('retry-after')).toBe('3')
    expect(await error.response.text()).toBe('503 Service Unavailable\n')
  })

  it('has the URL after redirects', async () => {
    const error = await errorOf(httpErrors()(fetch)(server.url('/redirect', { next: '/status/410' })))
    expect(error.url).toBe(server.url('/status/410'))
    discard(error.response)
  })

  it.each([
    ['a string', 'http://a.test/x?token=s3cret', 'GET http://a.test/x?token=REDACTED answered 404 Not Found'],
    ['a URL', new URL('http://a.test/x'), 'GET http://a.test/x answered 404 Not Found'],
    ['a Request', new Request('http://a.test/x', { method: 'POST' }), 'POST http://a.test/x answered 404 Not Found'],
    ['a relative one', '/x?token=s3cret', 'GET /x answered 404 Not Found'],
  ])('has the URL of the call where the response has none: %s', async (_, input, message) => {
    expect((await errorOf(httpErrors()(scriptedFetch(404))(input))).message).toBe(message)
  })

  it('shows this layer in its stack', async () => {
    expect((await errorOf(httpErrors()(scriptedFetch(404))(url))).stack).toMatch(/at (async )?httpErrors /)
  })

  it('has the attempts that led to the response', async () => {
    const attempting = compose(httpErrors(), retry({ attempts: 2, backoff: () => 1 }))(scriptedFetch(503))
    const error = await errorOf(attempting(url))
    expect(attemptsOf(error)).toBe(attemptsOf(error.response))
    expect(attemptsOf(error)).toMatchObject({ attempts: [{ status: 503 }, { status: 503 }], stopped: 'attempts' })
  })

  it('has no attempts where there were none', async () => {
    expect(attemptsOf(await errorOf(httpErrors()(scriptedFetch(404))(url)))).toBeUndefined()
  })

  it('is tried again by a retry outside, as the 503 itself would be', async () => {
    const inner = scriptedFetch(503)
    const error = await errorOf(compose(retry({ backoff: () => 1 }), httpErrors())(inner)(url))
    expect(attemptsOf(error)?.stopped).toBe('attempts')
    expect(inner.calls).toHaveLength(3)
  })
})

describe('what the fetch below fails with', () => {
  it('passes as it is', async () => {
    const error = networkError('ECONNRESET')
    await expect(httpErrors()(scriptedFetch(error))(url)).rejects.toBe(error)
    await expect(httpErrors()(fetch)(url, { signal: AbortSignal.abort('gone') })).rejects.toBe('gone')
  })

  it('is named where it is a test double that returns nothing', async () => {
    const nothing = (() => Promise.resolve()) as unknown as Fetch
    await expect(httpErrors()(nothing)(url)).rejects.toThrow(/^httpErrors: fetch must return a Response/)
  })
})

describe('per-call options', () => {
  it('change what they name', async () => {
    const client = httpErrors({ except: [404], problem: true })(scriptedFetch(() => problemResponse('{}', 404)))
    expect((await client(url)).status).toBe(404)
    const error = await errorOf(client(url, { httpErrors: { except: [] } }))
    expect(error.problem).toEqual({ type: 'about:blank' })
  })

  it('false turns the layer off for the call', async () => {
    expect((await httpErrors()(scriptedFetch(404))(url, { httpErrors: false })).status).toBe(404)
  })

  it('go to the outermost layer of the name, and not further', async () => {
    const inner = scriptedFetch(404)
    const client = compose(httpErrors(), httpErrors({ statuses: [] }))(inner)
    const init = Object.freeze({ httpErrors: { except: [404] }, method: 'PUT' } as const)
    expect((await client(url, init)).status).toBe(404)
    expect(inner.calls[0]?.init).toEqual({ method: 'PUT' })
  })
})

describe('a problem', () => {
  const told = { type: 'https://a.test/probs/credit', title: 'No credit', status: 403, balance: 30 }

  it('is read where it was asked for, and the body can still be read', async () => {
    const inner = scriptedFetch(() => problemResponse(JSON.stringify(told)))
    const error = await errorOf(httpErrors({ problem: true })(inner)(url))
    expect(error.problem).toEqual(told)
    expect(error.response.bodyUsed).toBe(false)
    expect(await error.response.json()).toEqual(told)
  })

  it('is not read otherwise', async () => {
    const response = problemResponse(JSON.stringify(told))
    const clone = vi.spyOn(response, 'clone')
    expect((await errorOf(httpErrors()(scriptedFetch(() => response))(url))).problem).toBeUndefined()
    expect(clone).not.toHaveBeenCalled()
  })

  it.each([
    ['broken', () => problemResponse('{"type":')],
    ['no object', () => problemResponse('[]')],
    ['empty', () => problemResponse(null)],
    ['longer than 64 KiB', () => problemResponse(JSON.stringify({ detail: 'x'.repeat(64 * 1024) }))],
    ['of another type', () => Response.json(told, { status: 403 })],
  ])('that is %s leaves the error without one', async (_, made) => {
    const error = await errorOf(httpErrors({ problem: true })(scriptedFetch(made))(url))
    expect(error.problem).toBeUndefined()
    expect(error.response.bodyUsed).toBe(false)
    expect(await error.response.text()).toBe(await made().text())
  })

  it('whose body fails leaves the error without one', async () => {
    const body = new ReadableStream({ pull: () => Promise.reject(new Error('no more')) })
    const error = await errorOf(httpErrors({ problem: true })(scriptedFetch(() => problemResponse(body)))(url))
    expect(error.problem).toBeUndefined()
    await expect(error.response.text()).rejects.toThrow('no more')
  })

  it('is not waited for when the caller aborts: the reason is the outcome', async () => {
    const controller = new AbortController()
    const reason = { why: 'enough' }
    const cancelled = vi.fn<() => void>()
    const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: cancelled })
    const inner = scriptedFetch(() => problemResponse(body))
    const calling = httpErrors({ problem: true })(inner)(url, { signal: controller.signal })
    const failing = calling.catch((error: unknown) => error)
    await vi.waitUntil(() => body.locked, often)
    controller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => cancelled.mock.calls.length === 1, often)
  })

  it('that stalls is subject to a timeout outside', async () => {
    const client = compose(timeout({ after: 50 }), httpErrors({ readAhead: true, statuses: [200] }))(fetch)
    await expect(client(server.url('/stall', { after: 5 }))).rejects.toMatchObject({ name: 'TimeoutError' })
    await vi.waitUntil(() => server.openExchanges === 0, often)
  })
})

describe('a connection', () => {
  it('is not held by errors that nobody reads, with readAhead', async () => {
    const client = compose(httpErrors({ readAhead: true }), concurrency({ limit: 1 }))(fetch)
    for (let call = 0; call < 3; call += 1) {
      const error = await errorOf(client(server.url('/status/404', { body: 1000 })))
      expect(error.response.bodyUsed).toBe(false)
    }
  })

  it('is free when the response is discarded', async () => {
    const client = compose(httpErrors(), concurrency({ limit: 1 }))(fetch)
    for (let call = 0; call < 3; call += 1) discard((await errorOf(client(server.url('/status/404')))).response)
  })
})
