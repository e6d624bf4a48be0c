import { circuitBreaker, circuits } from '@steadfetch/circuit-breaker'
import { attemptsOf, compose } from '@steadfetch/core'
import { HttpError, httpErrors } from '@steadfetch/http-errors'
import { retry } from '@steadfetch/retry'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { type Reply, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** What httpErrors on either side of a layer that looks at statuses means: the same, but for whom the error reaches. */

const url = 'https://api.example.com/'
const again = retry({ backoff: () => 1 })

const sides = {
  'outside of retry': compose(httpErrors(), again),
  'inside of retry': compose(again, httpErrors()),
}

async function errorOf(calling: Promise<Response>): Promise<HttpError> {
  const reason: unknown = await calling.then(
    ({ status }) => status,
    (error: unknown) => error,
  )
  if (reason instanceof HttpError) return reason
  return expect.unreachable(`no HttpError but ${String(reason)}`)
}

describe.each(Object.entries(sides))('httpErrors %s', (_, stack) => {
  it('leaves what may pass to be tried again', async () => {
    const fetch = scriptedFetch(503, 429, 200)
    expect((await stack(fetch)(url)).status).toBe(200)
    expect(fetch.calls).toHaveLength(3)
  })

  it.each([404, 501])('leaves a %i alone', async (status) => {
    const fetch = scriptedFetch(status)
    expect(await errorOf(stack(fetch)(url))).toMatchObject({ status })
    expect(fetch.calls).toHaveLength(1)
  })

  it('leaves a POST alone', async () => {
    const fetch = scriptedFetch(503)
    const error = await errorOf(stack(fetch)(url, { method: 'POST' }))
    expect(attemptsOf(error)?.stopped).toBe('method')
    expect(fetch.calls).toHaveLength(1)
  })

  it('lets a server ask for more time than there is', async () => {
    const later: Reply = () => new Response('later', { status: 503, headers: { 'retry-after': '61' } })
    const fetch = scriptedFetch(later, 200)
    const error = await errorOf(stack(fetch)(url))
    expect(attemptsOf(error)?.stopped).toBe('deadline')
    expect(await error.response.text()).toBe('later')
    expect(fetch.calls).toHaveLength(1)
  })

  it('has the last error, its body unread', async () => {
    let attempts = 0
    const error = await errorOf(stack(async () => new Response(`attempt ${++attempts}`, { status: 500 }))(url))
    expect(attemptsOf(error)).toMatchObject({ attempts: { length: 3 }, stopped: 'attempts' })
    expect(await error.response.text()).toBe('attempt 3')
  })
})

describe('httpErrors inside of retry', () => {
  let server: FaultServer
  beforeEach(async () => {
    server = await startFaultServer()
  })
  afterEach(() => server.close())

  it.each(['/status/503?body=200000', '/endless'])('holds no connection of an attempt that failed: %s', async (as) => {
    const response = await sides['inside of retry'](fetch)(server.url('/flaky', { key: 'one', as }))
    await response.text()
    await expect.poll(() => server.openExchanges).toBe(0)
    expect(server.hits('one')).toBe(2)
  })
})

it('httpErrors inside of circuitBreaker opens it by the same statuses', async () => {
  for (const [status, state] of [
    [503, 'open'],
    [404, 'closed'],
  ] as const) {
    const table = circuits({ failuresInARow: 1 })
    await errorOf(compose(circuitBreaker({ circuits: table }), httpErrors())(scriptedFetch(status))(url))
    expect(table.stateOf(url)).toBe(state)
  }
})
