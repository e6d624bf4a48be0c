import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import { type Config, hardenByConfig } from './harden-by-config.ts'

const url = 'http://a.test/'
const quick = { backoff: () => 1 }

describe('a configuration', () => {
  it('is a policy', async () => {
    const inner = scriptedFetch(503)
    const hardened = hardenByConfig('config', { retry: { ...quick, attempts: 2 } } satisfies Config, inner)
    expect((await hardened(url)).status).toBe(503)
    expect(inner.calls).toHaveLength(2)
  })

  it('is a policy for each service', async () => {
    const inner = scriptedFetch(503)
    const services = { 'http://a.test': { retry: { ...quick, attempts: 2 } }, 'http://b.test': false } as const
    const hardened = hardenByConfig('config', { services } satisfies Config, inner)
    for (const called of [url, 'http://b.test/', 'http://c.test/']) await hardened(called)
    expect(inner.calls.map(({ input }) => input)).toEqual([url, url, 'http://b.test/', 'http://c.test/'])
  })

  it('may name its schema', () => {
    for (const config of [{}, { services: {} }]) {
      const named = hardenByConfig('config', { $schema: 'policy.schema.json', ...config }, fetch)
      expect(named.describe()).toBe(hardenByConfig('config', config, fetch).describe())
    }
  })

  it.each([
    [null, 'a configuration must be an object, got null'],
    [[], 'a configuration must be an object, got an array'],
    ['{}', 'a configuration must be an object, got "{}"'],
    [fetch, 'a configuration must be an object, got a function'],
    [Promise.resolve({}), 'a configuration must be an object, got a promise'],
    [{ retri: 1 }, 'the policy: there is no option "retri"; did you mean "retry"?'],
    [
      { retry: { attempts: 0 }, pool: 5 },
      'there are 2 faults:\n- retry: attempts must be a positive integer, got 0\n' +
        '- pool must be true, false or an object of options, got 5; is it { connections: 5 }?',
    ],
    [{ services: 5 }, expect.stringMatching(/^services: policies must be an object, .* got 5$/)],
    [{ services: { '*': { retry: 5 } } }, expect.stringMatching(/^services: \*: retry must be/)],
    [
      { services: {}, retry: true },
      '"retry" is beside "services": give it to one of them; "*" is for all that the others do not fit',
    ],
  ])('that is %o is refused with what to change', (config, message) => {
    try {
      hardenByConfig('/app/config.json', config, fetch)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      const [, what] = String(error).split('ConfigError: /app/config.json: ')
      expect(what).toEqual(message)
    }
  })
})
