import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it, vi } from 'vitest'
import { PolicyError, services } from './steadfetch.ts'

const quick = { backoff: () => 1, budget: false } as const

describe('the policy of a call', () => {
  const policies = {
    '*': { retry: { ...quick, attempts: 2 }, circuitBreaker: false },
    'https://*.test': { retry: { ...quick, attempts: 3 }, circuitBreaker: false },
    'https://*.internal.test': { retry: { ...quick, attempts: 4 }, circuitBreaker: false },
    'https://api.internal.test': { retry: { ...quick, attempts: 5 }, circuitBreaker: false },
    'https://api.internal.test:8443': { retry: false, circuitBreaker: false },
    'http://left.test': false,
  } as const

  it.each([
    ['https://api.internal.test/x', 5],
    ['HTTPS://API.INTERNAL.TEST:443/x', 5],
    ['https://api.internal.test./x', 5],
    ['https://api.internal.test.:8443/', 1],
    ['https://a.internal.test./', 4],
    ['https://api.internal.test:8443/', 1],
    ['https://api.internal.test:9443/', 2],
    ['http://api.internal.test/', 2],
    ['https://a.internal.test/', 4],
    ['https://a.b.internal.test/', 4],
    ['https://internal.test/', 3],
    ['https://notinternal.test/', 3],
    ['https://internal.test.evil.example/', 2],
    ['https://test/', 2],
    ['http://left.test/', 1],
    ['http://other.example/', 2],
  ])('to %s is the most specific one: %d attempts', async (url, attempts) => {
    const inner = scriptedFetch(503)
    const calling = services(policies, inner)
    for (const input of [url, new URL(url), new Request(url)]) {
      inner.calls.length = 0
      await calling(input)
      expect(inner.calls).toHaveLength(attempts)
    }
  })

  it('is none where none fits: the fetch below is called as it is', async () => {
    const inner = scriptedFetch(503)
    const init = { method: 'PUT' }
    await services({ 'https://a.test': {} }, inner)('https://b.test/', init)
    await services({}, inner)('relative', init)
    expect(inner.calls.map(({ init }) => init)).toEqual([init, init])
  })

  it('looks the global fetch up when it is called', async () => {
    vi.stubGlobal('fetch', scriptedFetch(201))
    const calling = services({ 'https://a.test': {} })
    const statuses = [await calling('https://a.test/'), await calling('https://b.test/')].map(({ status }) => status)
    vi.unstubAllGlobals()
    expect(statuses).toEqual([201, 201])
  })

  it('rejects, and does not throw, what no URL can be made of', async () => {
    const inner = scriptedFetch(200)
    const calling = Reflect.apply(services({ '*': {} }, inner), undefined, [Object.create(null)])
    await expect(calling).rejects.toThrow(TypeError)
    expect(() => Reflect.apply(services, undefined, [{ '*': false }, 5])).toThrow(
      'services: fetch must be a function, got 5',
    )
  })

  it('takes options of single calls', async () => {
    const inner = scriptedFetch(503)
    await services({ '*': { retry: quick } }, inner)('https://a.test/', { retry: { attempts: 2 } })
    expect(inner.calls).toHaveLength(2)
  })
})

describe('state', () => {
  it('is apart: one service that is down does not stop another of the same policy', async () => {
    const policy = { retry: false, circuitBreaker: { per: 'global' } } as const
    const inner = scriptedFetch(networkError('ECONNREFUSED'))
    const calling = services({ 'https://a.test': policy, 'https://b.test': policy }, inner)
    for (let call = 0; call < 11; call += 1) await calling('https://a.test/').catch(() => {})
    expect(inner.calls).toHaveLength(10)
    await calling('https://b.test/').catch(() => {})
    expect(inner.calls).toHaveLength(11)
  })
})

describe('describe()', () => {
  it('tells which policy a URL gets, and its stack', () => {
    const calling = services({ 'https://*.a.test': { circuitBreaker: false, timeout: false }, 'http://b.test': false })
    expect(calling.describe('https://x.a.test/y')).toBe('https://*.a.test\n  retry  defaults\n  fetch')
    expect(calling.describe('http://b.test/')).toBe('http://b.test is left as it is')
    expect(calling.describe('http://c.test/')).toBe(
      '"http://c.test/" has no policy: it goes to the fetch below as it is',
    )
    expect(calling.describe()).toContain('http://b.test is left as it is')
  })
})

describe('policies that are none', () => {
  it.each<[unknown, string]>([
    [5, "services: policies must be an object, as in { 'https://api.example.com': {} }, got 5"],
    [{ 'api.test': {} }, 'services: api.test: "api.test" is no origin: write one as in "https://api.example.com"'],
    [
      { 'https://a.test/': {} },
      'services: https://a.test/: "https://a.test/" must be an origin alone: write "https://a.test"',
    ],
    [{ 'https://a.test/v1?x': {} }, 'must be an origin alone: write "https://a.test"'],
    [
      { 'https://u:canary@a.test': {} },
      'services: https://REDACTED@a.test: "https://REDACTED@a.test" must have no user',
    ],
    [new Map([['*', {}]]), "services: policies must be an object, as in { 'https://api.example.com': {} }, got a list"],
    [
      { 'https://a.test': {}, 'HTTPS://A.test:443': {} },
      'services: HTTPS://A.test:443: the same pattern is there twice',
    ],
    [
      { 'https://a.test': { defaults: { baseUrl: 'https://b.test' } } },
      'services: https://a.test: defaults: baseUrl leads to another service',
    ],
    [{ 'ftp://a.test': {} }, '"ftp://a.test" is no origin'],
    [{ 'https://u:p@a.test': {} }, 'must have no user and no password'],
    [{ 'https://a.*.test': {} }, 'may have one "*", in place of the first part of its host'],
    [{ 'https://*': {} }, 'may have one "*"'],
    [{ 'https://*.*.test': {} }, 'may have one "*"'],
    [{ '': {} }, '"" is no origin'],
    [
      { 'https://a.test': { retry: { attempts: 0 } } },
      'services: https://a.test: retry: attempts must be a positive integer',
    ],
    [{ 'https://a.test': true }, 'services: https://a.test: the policy must be an object, got true'],
    [{ 'https://a.test': null }, 'services: https://a.test: the policy must be an object, got null'],
  ])('%o are refused with what to change', (policies, message) => {
    expect(() => Reflect.apply(services, undefined, [policies])).toThrow(PolicyError)
    expect(() => Reflect.apply(services, undefined, [policies])).toThrow(message)
  })

  it('are refused with all of their faults', () => {
    const policies = { 'a.test': { retry: { attempts: 0 } }, 'https://b.test': { retri: {} } }
    expect(() => Reflect.apply(services, undefined, [policies])).toThrow('there are 3 faults')
  })
})
