import type { AuthScheme } from '@steadfetch/auth'
import type { CircuitBreakerOptions } from '@steadfetch/circuit-breaker'
import type { ConcurrencyOptions } from '@steadfetch/concurrency'
import type { CookiesOptions } from '@steadfetch/cookies'
import { withPerCall } from '@steadfetch/core'
import type { DefaultsOptions } from '@steadfetch/defaults'
import type { HooksOptions } from '@steadfetch/hooks'
import type { HttpErrorsOptions } from '@steadfetch/http-errors'
import type { LogOptions } from '@steadfetch/log'
import type { PoolOptions } from '@steadfetch/pool'
import type { Proxies } from '@steadfetch/proxy'
import type { RedirectsOptions } from '@steadfetch/redirects'
import type { RetryOptions } from '@steadfetch/retry'
import type { TimeoutOptions } from '@steadfetch/timeout'

/**
 * How a service is called: the options of the layers, under their names. A layer that is `false` is left out, `true` is
 * one with its defaults. What of it is JSON has a schema, in `steadfetch/policy.schema.json`.
 */
export interface Policy {
  /** Responses that tell of a failure become errors. @default false */
  httpErrors?: HttpErrorsOptions | boolean
  /** A base URL, headers and query parameters for every call. @default false */
  defaults?: DefaultsOptions | false
  /** One line for every call. @default false */
  log?: LogOptions | boolean
  /** Functions of yours, told of every call. @default false */
  hooks?: HooksOptions | false
  /** Limits for the whole call and for each attempt. @default the headers within 30 s, and within 10 s for an attempt */
  timeout?: Timeouts | false
  /** Follows redirects visibly, without credentials for strangers. @default false: the platform follows them */
  redirects?: RedirectsOptions | boolean
  /** A cookie jar, which all calls of this fetch share. @default false */
  cookies?: CookiesOptions | boolean
  /** Tries again what may pass. @default true */
  retry?: RetryOptions | boolean
  /** Leaves a failing service alone. @default { failuresInARow: 10 }, or that beside other options */
  circuitBreaker?: CircuitBreakerOptions | boolean
  /** So many exchanges at a time. @default false */
  concurrency?: ConcurrencyOptions | false
  /** Credentials, for the origins that they are for. @default false */
  auth?: AuthScheme | false
  /** A proxy: its URL, proxies by scheme, or `'env'`; with the options of `pool`. @default false */
  proxy?: string | URL | Proxies | false
  /** Connections of its own. @default false: those of the platform */
  pool?: PoolOptions | boolean
}

/** The two timeouts of a policy: one that is given takes the place of its default as a whole. */
export interface Timeouts {
  /** For the whole call: all attempts, and the waits between them. @default { headers: 30000 }, or three attempts' limits */
  total?: TimeoutOptions | false
  /** For each attempt. @default { headers: 10000 }, or what the whole call may take where that is less */
  attempt?: TimeoutOptions | false
}

/** What a policy is where it says nothing. */
const defaultTimeouts = { total: { headers: 30_000 }, attempt: { headers: 10_000 } } as const

/** That of circuitBreaker, in milliseconds. */
export const defaultWindow = 30_000

/** The timeouts of a policy, with their defaults: one that is a default makes way for one that is given. */
export function timeoutsOf({ timeout }: Policy): { total: TimeoutOptions | false; attempt: TimeoutOptions | false } {
  if (timeout === false) return { total: false, attempt: false }
  const { total, attempt } = timeout ?? {}
  const defaults = defaultTimeouts
  return {
    total: total ?? { headers: Math.max(defaults.total.headers, 3 * headersWithin(attempt, 0)) },
    attempt: attempt ?? { headers: Math.min(defaults.attempt.headers, headersWithin(total, Infinity)) },
  }
}

/** When the headers have to be there at the latest, in milliseconds; `otherwise` where nothing says so. */
export function headersWithin<Otherwise>(
  limits: TimeoutOptions | false | undefined,
  otherwise: Otherwise,
): number | Otherwise {
  if (!limits) return otherwise
  const within = Math.min(limits.headers ?? Infinity, limits.after ?? Infinity)
  return within === Infinity ? otherwise : within
}

/**
 * The options of the circuit breaker, with their default. It counts attempts here: of a service that fails 15 % of them
 * at random, five in a row come once in some ten thousand, and retries deal with that; ten do not come. A circuit that
 * forgets before two attempts can have failed never opens.
 */
export function breakerOf(policy: Policy): CircuitBreakerOptions | undefined {
  const options = optionsOf(policy.circuitBreaker, true)
  if (!options || options.circuits) return options
  const window = 2 * headersWithin(timeoutsOf(policy).attempt, 0)
  return withPerCall({ failuresInARow: 10, ...(window > defaultWindow && { window }) }, options)
}

/** Options for a layer that is there or not; undefined where it is not. */
export function optionsOf<Options extends object>(
  setting: Options | boolean | undefined,
  fallback: boolean,
): Options | undefined {
  const chosen = setting ?? fallback
  if (chosen === false) return undefined
  return chosen === true ? ({} as Options) : chosen
}
