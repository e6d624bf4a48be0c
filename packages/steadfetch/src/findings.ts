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
import { closestMatch } from 'leven'
import type { Policy } from './policy.ts'
import { unreasonable } from './unreasonable.ts'

/** What is wrong with one setting of a policy. */
type Check = (setting: unknown) => string[]

/**
 * What is wrong with a policy, all of it: each finding names the option, what it is, and what it has to be. Whether the
 * options make sense together is looked at when each makes sense alone.
 */
export function findingsOf(policy: unknown): string[] {
  if (typeof policy === 'function') return ['the policy must be an object, got a function; is it harden({}, fetch)?']
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    return [`the policy must be an object, got ${inWords(policy)}`]
  }
  if (Symbol.iterator in policy) return ['the policy must be a plain object, got what is iterated over']
  const unknown = strangers('the policy', policy, Object.keys(checks))
  const findings = Object.entries(checks).flatMap(([name, check]) => {
    const setting: unknown = Reflect.get(policy, name)
    return setting === undefined || setting === false ? [] : check(setting)
  })
  const all = [...unknown, ...findings]
  return all.length > 0 ? all : unreasonable(policy)
}

const limits = ['after', 'headers', 'idle']

const checks: Readonly<Record<keyof Policy, Check>> = {
  httpErrors: layer('httpErrors', httpErrors, ['statuses', 'except', 'problem', 'readAhead']),
  defaults: layer('defaults', defaults, ['baseUrl', 'headers', 'params'], { needsOptions: true }),
  log: layer('log', log, ['logger', 'format', 'level', 'headers', 'bytes', 'redact']),
  hooks: layer('hooks', hooks, ['onRequest', 'onResponse', 'onError', 'onEnd', 'bytes'], { needsOptions: true }),
  timeout: timeoutFindings,
  redirects: layer('redirects', redirects, redirectsOptionNames),
  cookies: layer('cookies', cookies, ['jar', ...redirectsOptionNames]),
  retry: layer('retry', retry, [
    ...['attempts', 'statuses', 'methods', 'errors', 'backoff', 'maxWait', 'budget', 'replay', 'onRetry'],
  ]),
  circuitBreaker: layer('circuitBreaker', circuitBreaker, [
    ...['per', 'failureRate', 'minimumCalls', 'window', 'failuresInARow', 'openTime', 'maxOpenTime', 'onStateChange'],
    'circuits',
  ]),
  concurrency: layer('concurrency', concurrency, ['limit', 'queue', 'per', 'queueTimeout', 'until', 'limiter'], {
    needsOptions: true,
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
  pool: layer('pool', (options: object) => assertPoolOptions('pool', options), [
    ...['connections', 'keepAlive', 'pipelining', 'http2', 'connectTimeout', 'tls', 'unpooled'],
  ]),
}

interface LayerChecks {
  /** Whether `true` says too little. */
  readonly needsOptions?: boolean
  readonly beside?: object
}

/** Looks at each option of a layer by itself, so that all that is wrong is told of; then at all of them. */
function layer(
  name: string,
  build: (options: never) => unknown,
  members: readonly string[],
  { needsOptions = false, beside = {} }: LayerChecks = {},
): Check {
  const faultWith = (options: unknown): string[] => faultOf(() => Reflect.apply(build, undefined, [options]))
  return (setting) => {
    if (setting === true && !needsOptions) return []
    if (typeof setting !== 'object' || setting === null) {
      return [`${name} must be ${needsOptions ? '' : 'true, '}false or an object of options, got ${inWords(setting)}`]
    }
    const unknown = strangers(name, setting, members)
    const single = members.flatMap((member) => {
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
  const misplaced = limits.filter((limit) => limit in setting)
  const others = Object.fromEntries(Object.entries(setting).filter(([member]) => !limits.includes(member)))
  return [
    ...misplaced.map((limit) => `timeout: say of what ${limit} is: timeout.total.${limit} or timeout.attempt.${limit}`),
    ...strangers('timeout', others, ['total', 'attempt']),
    ...['total', 'attempt'].flatMap((which) => {
      const options: unknown = Reflect.get(setting, which)
      if (options === undefined || options === false) return []
      const found = layer(`timeout.${which}`, timeout, limits, { needsOptions: true })(options)
      return found.map((finding) => finding.replace(/^timeout: /, `timeout.${which}: `))
    }),
  ]
}

/** Members that nobody knows, each with the known one that is most like it. */
function strangers(what: string, options: object, known: readonly string[]): string[] {
  return Object.keys(options)
    .filter((member) => !known.includes(member))
    .map((member) => {
      const near = closestMatch(member, known, { maxDistance: 2 })
      const mend = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${JSON.stringify(near)}?`
      return `${what}: there is no option ${JSON.stringify(member)}; ${mend}`
    })
}

function faultOf(build: () => unknown): string[] {
  try {
    build()
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}
