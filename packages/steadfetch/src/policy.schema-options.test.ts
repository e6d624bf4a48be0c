import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { findingsOf } from './findings.ts'

interface Schema {
  readonly $ref?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly description?: string
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const schema: Schema = JSON.parse(read('../policy.schema.json'))
const fits = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(schema)

const certificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'
const key = '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'

/** Policies with these options for a layer, or for a part of one, and with nothing beside them that they could contradict. */
const bags: Readonly<Record<string, (options: object) => object>> = {
  httpErrors: (httpErrors) => ({ httpErrors }),
  defaults: (defaults) => ({ defaults }),
  log: (log) => ({ log }),
  'log.redact': (redact) => ({ log: { redact } }),
  timeout: (timeout) => ({ timeout }),
  'timeout.total': (total) => ({ timeout: { total, attempt: false } }),
  'timeout.attempt': (attempt) => ({ timeout: { total: false, attempt } }),
  redirects: (redirects) => ({ redirects }),
  'redirects.replay': (replay) => ({ redirects: { replay } }),
  cookies: (cookies) => ({ cookies }),
  'cookies.replay': (replay) => ({ cookies: { replay } }),
  retry: (retry) => ({ retry, timeout: false }),
  'retry.backoff': (backoff) => ({ retry: { backoff }, timeout: false }),
  'retry.replay': (replay) => ({ retry: { replay } }),
  circuitBreaker: (circuitBreaker) => ({ circuitBreaker, timeout: false }),
  concurrency: (concurrency) => ({ concurrency: { limit: 1, ...concurrency }, timeout: false }),
  proxy: (proxy) => ({ proxy: { http: 'http://a.test', ...proxy } }),
  pool: (pool) => ({ pool }),
  'pool.tls': (tls) => ({
    pool: { tls: { ...('cert' in tls && { key }), ...('key' in tls && { cert: certificate }), ...tls } },
  }),
}

/** One of these is accepted by whatever can be said in JSON. */
const values: readonly unknown[] = [
  ...[false, true, 1, 500, 'origin', 'line', 'body', 'http://a.test', certificate, key, {}, { headers: 500 }],
  ...[[500], ['GET'], ['4xx'], ['reset']],
]

/** Where the options are documented. */
const documented: Readonly<Record<string, string>> = {
  httpErrors: '../../http-errors/src/http-errors.ts',
  log: '../../log/src/log.ts',
  timeout: './policy.ts',
  redirects: '../../redirects/src/redirects.ts',
  'redirects.replay': '../../core/src/replay.ts',
  retry: '../../retry/src/retry.ts',
  'retry.backoff': '../../retry/src/backoff.ts',
  circuitBreaker: '../../circuit-breaker/src/circuits.ts',
  concurrency: '../../concurrency/src/limiter.ts',
  pool: '../../pool/src/pool-options.ts',
  'pool.tls': '../../pool/src/pool-options.ts',
}

/** Defaults that are others in a policy, or in JSON. */
const ofThePolicy = new Set(['log.format', 'retry.backoff', 'circuitBreaker.failuresInARow'])

const some: unknown = expect.any(String)

describe('the options of the schema', () => {
  const policy = schema.definitions?.policy

  it('are in as many places as the table below has', () => {
    expect([...objectsOf(policy)].map(([path]) => path).sort()).toEqual(['', ...Object.keys(bags)].sort())
  })

  it('are all layers of a policy', () => {
    expect(namesIn(policy)).toEqual(knownTo((options) => options))
    expect(Object.keys(schema.properties ?? {})).toEqual(['$schema', 'services', ...namesIn(policy)])
  })

  it.each(Object.entries(bags))('of %s are those that can be said in JSON, and no others', (path, policyWith) => {
    const known = knownTo(policyWith)
    const sayable = known.filter((name) =>
      values.some((value) => findingsOf(policyWith({ [name]: value })).length === 0),
    )
    expect(namesIn(objectsOf(policy).get(path)).sort()).toEqual(sayable.sort())
  })

  it.each(Object.entries(bags))('of %s have the limits that the library has', (path, policyWith) => {
    for (const [name, { minimum, exclusiveMinimum, maximum }] of optionsAt(path)) {
      const findings = (value: number): string[] => findingsOf(policyWith({ [name]: value }))
      if (minimum !== undefined) expect([name, findings(minimum), findings(minimum - 1)]).toEqual([name, [], [some]])
      if (exclusiveMinimum !== undefined) expect([name, findings(exclusiveMinimum)]).toEqual([name, [some]])
      if (maximum !== undefined) expect([name, findings(maximum), findings(maximum + 1)]).toEqual([name, [], [some]])
    }
  })

  it.each(Object.entries(documented))('of %s have the defaults that are documented', (path, source) => {
    const text = read(source)
    for (const [name, option] of optionsAt(path)) {
      if (option.default === undefined || ofThePolicy.has(`${path}.${name}`)) continue
      const [, said = 'nothing'] = text.match(new RegExp(`@default ([^\\n]*)(?:\\n +)?\\*/\\n +${name}\\?:`)) ?? []
      const meant = bare(inspect(option.default, { breakLength: Infinity }))
      const [first] = [bare(said)].filter((text) => text.startsWith(meant) && !/^\d/.test(text.slice(meant.length)))
      expect([name, said, first]).toEqual([name, said, expect.any(String)])
    }
  })

  it('have defaults that may be said', () => {
    for (const [path, policyWith] of Object.entries(bags)) {
      for (const [name, option] of optionsAt(path)) {
        if (option.default === undefined) continue
        const saying = policyWith({ [name]: option.default })
        expect([saying, findingsOf(saying), fits(saying)]).toEqual([saying, [], true])
      }
    }
  })

  it('have descriptions', () => {
    for (const path of ['', ...Object.keys(bags)]) {
      for (const [name, option] of optionsAt(path))
        expect([path, name, option.description]).toEqual([path, name, expect.stringMatching(/^[A-Z].*\.$/)])
    }
  })

  function optionsAt(path: string): [name: string, option: Schema][] {
    return Object.entries(objectsOf(policy).get(path)?.properties ?? {}).map(([name, option]) => [
      name,
      resolved(option),
    ])
  }
})

/** What the library says there is, when it is asked for what there is not. */
function knownTo(policyWith: (options: object) => object): string[] {
  const [finding = ''] = findingsOf(policyWith({ 'no such option': 1 }))
  return finding.replace(/^.*there is no option "no such option"; there are /, '').split(', ')
}

/** The parts of a schema that have options, by their path. */
function objectsOf(part: Schema | undefined, path = ''): Map<string, Schema> {
  if (part === undefined) return new Map()
  const found = resolved(part)
  const inner = Object.entries(found.properties ?? {}).flatMap(([name, option]) => {
    return [...objectsOf(option, path === '' ? name : `${path}.${name}`)]
  })
  const variants = [...(found.anyOf ?? []), ...(found.allOf ?? [])].flatMap((variant) => [...objectsOf(variant, path)])
  return new Map([...(found.properties ? [[path, found] as const] : []), ...inner, ...variants])
}

function resolved(part: Schema): Schema {
  if (part.$ref === undefined) return part
  const steps = part.$ref.replace('#/', '').split('/')
  return steps.reduce((within: object, step) => Reflect.get(within, step), schema)
}

function namesIn(part: Schema | undefined): string[] {
  return Object.keys(part?.properties ?? {})
}

function bare(text: string): string {
  return text.replace(/\s/g, '')
}
