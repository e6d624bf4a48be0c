import { auth } from '@steadfetch/auth'
import { circuitBreaker } from '@steadfetch/circuit-breaker'
import { concurrency } from '@steadfetch/concurrency'
import { cookies } from '@steadfetch/cookies'
import { inWords } from '@steadfetch/core'
import { defaults } from '@steadfetch/defaults'
import { hooks } from '@steadfetch/hooks'
import { httpErrors } from '@steadfetch/http-errors'
import { log } from '@steadfetch/log'
import { assertPoolOptions } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'
import { redirects, redirectsOptionNames } from '@steadfetch/redirects'
import { retry } from '@steadfetch/retry'
import { timeout } from '@steadfetch/timeout'
import { contradictionsIn } from './contradictions.ts'
import type { Policy } from './policy.ts'
import { unknownOptions } from './unknown-options.ts'

/** What is wrong with one setting of a policy. */
type Check = (setting: unknown) => string[]

/**
 * What is wrong with a policy, all of it: each finding names the option, what it is, and what it has to be. Whether the
 * options make sense together is looked at when each makes sense alone.
 */
export function findingsOf(policy: unknown): string[] {
  if (typeof policy === 'function')
    return ['the policy must be an object, got a function; is it harden({}, fetch), or standard() without its ()?']
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    return [`the policy must be an object, got ${inWords(policy)}`]
  }
  if (Symbol.iterator in policy) return ['the policy must be a plain object, got what is iterated over']
  if ('services' in policy) return ['the policy is for one service: services({ … }) takes one for each']
  const unknown = unknownOptions('the policy', policy, Object.keys(checks), homesOf)
  const findings = Object.entries(checks).flatMap(([name, check]) => {
    const setting: unknown = Reflect.get(policy, name)
    return setting === undefined || setting === false ? [] : check(setting)
  })
  const all = [...unknown, ...findings]
  return all.length > 0 ? all : contradictionsIn(policy)
}

/** The options of each layer. */
const members = {
  httpErrors: ['statuses', 'except', 'problem', 'readAhead'],
  defaults: ['baseUrl', 'headers', 'params'],
  log: ['logger', 'format', 'level', 'headers', 'bytes', 'redact'],
  hooks: ['onRequest', 'onResponse', 'onError', 'onEnd', 'bytes'],
  timeout: ['after', 'headers', 'idle'],
  redirects: redirectsOptionNames,
  cookies: ['jar', ...redirectsOptionNames],
  retry: ['attempts', 'statuses', 'methods', 'errors', 'backoff', 'maxWait', 'budget', 'replay', 'onRetry'],
  circuitBreaker: [
    ...['per', 'failureRate', 'minimumCalls', 'window', 'failuresInARow', 'openTime', 'maxOpenTime', 'onStateChange'],
    'circuits',
  ],
  concurrency: ['limit', 'queue', 'per', 'queueTimeout', 'until', 'limiter'],
  pool: ['connections', 'keepAlive', 'pipelining', 'http2', 'connectTimeout', 'tls', 'unpooled'],
} as const satisfies Partial<Record<keyof Policy, readonly string[]>>

/** Where an option of this name would be right. */
function homesOf(option: string): string[] {
  const layers: readonly (readonly [string, readonly string[]])[] = Object.entries(members)
  return layers.flatMap(([layer, options]) => {
    if (!options.includes(option)) return []
    return [layer === 'timeout' ? `timeout: { total: { ${option}: … } }` : `${layer}: { ${option}: … }`]
  })
}

const checks: Readonly<Record<keyof Policy, Check>> = {
  httpErrors: layer('httpErrors', httpErrors),
  defaults: layer('defaults', defaults, { needsOptions: true }),
  log: layer('log', log, { meant: (setting) => ('info' in Object(setting) ? '{ logger }' : undefined) }),
  hooks: layer('hooks', hooks, { needsOptions: true }),
  timeout: timeoutFindings,
  redirects: layer('redirects', redirects, { meant: numberOf('max') }),
  cookies: layer('cookies', cookies),
  retry: layer('retry', retry, { meant: numberOf('attempts') }),
  circuitBreaker: layer('circuitBreaker', circuitBreaker, { meant: numberOf('failuresInARow') }),
  concurrency: layer('concurrency', concurrency, {
    needsOptions: true,
    meant: numberOf('limit'),
    // What it needs beside the option that is looked at.
    beside: { limit: 1 },
  }),
  auth: (scheme) => {
    // A string may be the secret itself.
    if (typeof scheme !== 'object')
      return [`auth must be a scheme, as in bearer({ token, origins }), got a ${typeof scheme}`]
    return faultOf(() => Reflect.apply(auth, undefined, [scheme]))
  },
  proxy: (through) => faultOf(() => Reflect.apply(proxy, undefined, [through])),
  pool: layer('pool', (options: object) => assertPoolOptions('pool', options), { meant: numberOf('connections') }),
}

/** What a bare number is likely meant for. */
function numberOf(option: string): Meant {
  return (setting) => (typeof setting === 'number' ? `{ ${option}: ${setting} }` : undefined)
}

/** What is likely meant by what is no object of options. */
type Meant = (setting: unknown) => string | undefined

interface LayerChecks {
  /** Whether `true` says too little. */
  readonly needsOptions?: boolean
  readonly beside?: object
  readonly meant?: Meant
}

/** Looks at each option of a layer by itself, so that all that is wrong is told of; then at all of them. */
function layer(
  name: keyof typeof members,
  build: (options: never) => unknown,
  { needsOptions = false, beside = {}, meant }: LayerChecks = {},
  path: string = name,
): Check {
  const faultWith = (options: unknown): string[] => faultOf(() => Reflect.apply(build, undefined, [options]))
  return (setting) => {
    if (setting === true && !needsOptions) return []
    const mend = meant?.(setting)
    if (typeof setting !== 'object' || setting === null || mend !== undefined) {
      const mended = mend === undefined ? '' : `; is it ${mend}?`
      return [
        `${path} must be ${needsOptions ? '' : 'true, '}false or an object of options, got ${inWords(setting)}${mended}`,
      ]
    }
    const unknown = unknownOptions(path, setting, members[name])
    const single = members[name].flatMap((member) => {
      const value: unknown = Reflect.get(setting, member)
      if (value === undefined) return []
      return faultWith(member === 'limiter' ? { limiter: value } : { ...beside, [member]: value })
    })
    const all = [...unknown, ...single]
    return all.length > 0 ? all : faultWith(setting)
  }
}

function timeoutFindings(setting: unknown): string[] {
  if (typeof setting !== 'object' || setting === null) {
    return [`timeout must be false or an object, as in { total: { headers: 30000 } }, got ${inWords(setting)}`]
  }
  const isLimit = (member: string): boolean => members.timeout.some((limit) => limit === member)
  const misplaced = Object.keys(setting).filter(isLimit)
  const others = Object.fromEntries(Object.entries(setting).filter(([member]) => !isLimit(member)))
  return [
    ...misplaced.map((limit) => `timeout: say of what ${limit} is: timeout.total.${limit} or timeout.attempt.${limit}`),
    ...unknownOptions('timeout', others, ['total', 'attempt']),
    ...['total', 'attempt'].flatMap((which) => {
      const options: unknown = Reflect.get(setting, which)
      if (options === undefined || options === false) return []
      const checks = { needsOptions: true, meant: numberOf('headers') }
      const found = layer('timeout', timeout, checks, `timeout.${which}`)(options)
      return found.map((finding) => finding.replace(/^timeout: /, `timeout.${which}: `))
    }),
  ]
}

function faultOf(build: () => unknown): string[] {
  try {
    build()
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
