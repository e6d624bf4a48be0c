import { readFileSync } from 'node:fs'
import { errorKinds } from '@steadfetch/core'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { hardenByConfig } from './harden-by-config.ts'

const schema: object = JSON.parse(readFileSync(new URL('../policy.schema.json', import.meta.url), 'utf8'))
const fits = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(schema)

const isSound = (config: unknown): boolean => {
  try {
    hardenByConfig('config', config, fetch)
    return true
  } catch {
    return false
  }
}

const certificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'
const key = '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'

describe('the schema, and the library', () => {
  it.each([
    {},
    { $schema: './node_modules/steadfetch/policy.schema.json', retry: true },
    { httpErrors: { statuses: [404, '5xx'], except: [503], problem: true, readAhead: true } },
    { defaults: { baseUrl: 'https://a.test/v1?key=1', headers: { accept: 'a/b', 'x-y': null } } },
    { defaults: { params: { key: 'a', n: 1, all: true, none: null, tags: ['a', 2, null] } } },
    { log: true },
    { log: { logger: false, format: 'object', headers: true, bytes: true, redact: { names: ['x-token'] } } },
    { log: { redact: false }, hooks: false, auth: false },
    { timeout: false },
    { timeout: { total: { after: 60_000, headers: 30_000, idle: 5000 }, attempt: { headers: 500 } } },
    { timeout: { total: false, attempt: { headers: 60_000 } }, circuitBreaker: { window: 120_000 } },
    { redirects: { max: 0, strip: ['x-id'], keep: ['x-api-key'], replay: { maxBytes: 0 } } },
    { cookies: { max: 5 } },
    { retry: { attempts: 1, statuses: [503], methods: ['get', 'PURGE'], errors: ['reset'], budget: false } },
    { retry: { backoff: { base: 1, throttledBase: 100, cap: 2000 }, maxWait: 5000, replay: { maxBytes: 10 } } },
    { circuitBreaker: { per: 'global', failureRate: 1, minimumCalls: 1, failuresInARow: 3 } },
    { circuitBreaker: { window: 20_000, openTime: 100, maxOpenTime: 100 } },
    { concurrency: { limit: 1, queue: 0, per: 'origin', queueTimeout: 1000, until: 'headers' } },
    { proxy: 'http://user:password@proxy.test:3128' },
    { proxy: 'proxy.test:3128', pool: { connections: 5, keepAlive: 1000, pipelining: 2, http2: true } },
    { proxy: { https: 'socks5://proxy.test', no: ['.test', '10.0.0.0/8'] } },
    { proxy: { http: 'https://proxy.test/', no: 'localhost, *' } },
    { pool: { connectTimeout: 1000, tls: { ca: [certificate], cert: certificate, key, verify: false } } },
    { pool: { unpooled: true, http2: false, tls: { ca: certificate } } },
    { services: {} },
    {
      $schema: 'x',
      services: { 'https://a.test': {}, 'http://*.a.test:8080': false, '*': { retry: { attempts: 5 } } },
    },
  ])('both accept %j', (config) => {
    expect(fits(config), JSON.stringify(fits.errors)).toBe(true)
    expect(isSound(config)).toBe(true)
  })

  it.each([
    [null],
    [[]],
    ['strict'],
    [5],
    [{ retri: {} }],
    [{ retry: null }],
    [{ retry: 3 }],
    [{ retry: { atempts: 3 } }],
    [{ retry: { attempts: '3' } }],
    [{ retry: { attempts: 1.5 } }],
    [{ retry: { statuses: 503 } }],
    [{ retry: { statuses: ['503'] } }],
    [{ retry: { statuses: [600] } }],
    [{ retry: { methods: ['a b'] } }],
    [{ retry: { errors: ['refuse'] } }],
    [{ retry: { backoff: { max: 5 } } }],
    [{ retry: { backoff: 100 } }],
    [{ retry: { budget: true } }],
    [{ retry: { replay: { max: 5 } } }],
    [{ retry: { onRetry: 'log' } }],
    [{ httpErrors: { statuses: ['500'] } }],
    [{ httpErrors: { except: [100] } }],
    [{ httpErrors: { problem: 'yes' } }],
    [{ defaults: true }],
    [{ defaults: { baseUrl: '/v1' } }],
    [{ defaults: { baseUrl: 'https://user:password@a.test' } }],
    [{ defaults: { baseUrl: 'https://a.test/#top' } }],
    [{ defaults: { headers: { 'x y': '1' } } }],
    [{ defaults: { headers: { x: 'a\nb' } } }],
    [{ defaults: { headers: { x: 1 } } }],
    [{ defaults: { params: { x: {} } } }],
    [{ defaults: { params: { x: [[]] } } }],
    [{ log: { logger: 'console' } }],
    [{ log: { format: 'json' } }],
    [{ log: { level: 'info' } }],
    [{ log: { redact: true } }],
    [{ log: { redact: { names: ['-'] } } }],
    [{ log: { redact: { patterns: ['x'] } } }],
    [{ hooks: true }],
    [{ hooks: { onEnd: 'log' } }],
    [{ auth: true }],
    [{ auth: 'Bearer x' }],
    [{ timeout: true }],
    [{ timeout: 5000 }],
    [{ timeout: { headers: 5000 } }],
    [{ timeout: { total: 5000 } }],
    [{ timeout: { total: {} } }],
    [{ timeout: { total: { header: 5000 } } }],
    [{ timeout: { attempt: true } }],
    [{ timeout: { attempt: { headers: '5s' } } }],
    [{ redirects: { keep: ['Cookie'] } }],
    [{ redirects: { strip: ['a b'] } }],
    [{ cookies: { jar: {} } }],
    [{ cookies: { jarr: 1 } }],
    [{ circuitBreaker: { per: 'host' } }],
    [{ circuitBreaker: { failureRate: 50 } }],
    [{ circuitBreaker: { threshold: 5 } }],
    [{ circuitBreaker: { circuits: {} } }],
    [{ concurrency: true }],
    [{ concurrency: 10 }],
    [{ concurrency: { queue: 5 } }],
    [{ concurrency: { limit: 5, until: 'end' } }],
    [{ proxy: true }],
    [{ proxy: 'ftp://proxy.test' }],
    [{ proxy: 'http://proxy.test/path' }],
    [{ proxy: {} }],
    [{ proxy: { no: '*' } }],
    [{ proxy: { all: 'http://proxy.test' } }],
    [{ pool: { connection: 5 } }],
    [{ pool: { tls: { verify: 'no' } } }],
    [{ pool: { tls: { ca: '/etc/ca.pem' } } }],
    [{ pool: { tls: { cert: certificate } } }],
    [{ pool: { tls: { key } } }],
    [{ pool: { unpooled: true, http2: true } }],
    [{ pool: { unpooled: true, keepAlive: 1000 } }],
    [{ services: [] }],
    [{ services: { 'a.test': {} } }],
    [{ services: { 'https://a.test/': {} } }],
    [{ services: { 'https://a.*.test': {} } }],
    [{ services: { 'https://user@a.test': {} } }],
    [{ services: { '*': true } }],
    [{ services: { '*': { retry: { attempts: 0 } } } }],
    [{ services: {}, retry: true }],
  ])('both refuse %j', (config) => {
    expect(fits(config)).toBe(false)
    expect(isSound(config)).toBe(false)
  })
})

it('names every kind of error', () => {
  for (const kind of errorKinds) expect(fits({ retry: { errors: [kind] } })).toBe(true)
})
