/// <reference lib="esnext.disposable" />
export {
  type ApiKeyOptions,
  AuthError,
  type AuthScheme,
  apiKey,
  auth,
  type BasicOptions,
  type BearerOptions,
  basic,
  bearer,
  type ClientCredentialsOptions,
  clientCredentials,
  type DigestOptions,
  digest,
} from '@steadfetch/auth'
export {
  type CircuitBreakerOptions,
  CircuitOpenError,
  type Circuits,
  circuitBreaker,
  circuits,
} from '@steadfetch/circuit-breaker'
export {
  type ConcurrencyOptions,
  concurrency,
  type Limiter,
  limiter,
  QueueFullError,
} from '@steadfetch/concurrency'
export { type CookieJar, type CookiesOptions, cookieJar, cookies } from '@steadfetch/cookies'
export {
  attemptsOf,
  compose,
  discard,
  type ErrorKind,
  errorKind,
  type Fetch,
  type FetchInit,
  type FetchInput,
  headersOf,
  type Middleware,
  UnreplayableBodyError,
  withInit,
} from '@steadfetch/core'
export { type DefaultsOptions, defaults } from '@steadfetch/defaults'
export { type HooksOptions, hooks } from '@steadfetch/hooks'
export { HttpError, type HttpErrorsOptions, httpErrors } from '@steadfetch/http-errors'
export { type Logger, type LogOptions, log, toCurl } from '@steadfetch/log'
export { type ConnectionLayer, type PoolOptions, pool } from '@steadfetch/pool'
export { type Proxies, ProxyError, type ProxyOptions, proxy } from '@steadfetch/proxy'
export {
  historyOf,
  InvalidRedirectError,
  type RedirectsOptions,
  redirects,
  TooManyRedirectsError,
} from '@steadfetch/redirects'
export { fullJitter, type RetryBudget, type RetryOptions, retry, retryBudget } from '@steadfetch/retry'
export { TimeoutError, type TimeoutOptions, timeout } from '@steadfetch/timeout'
export { type Hardened, type HardenedFetch, harden, type Standard, standard } from './harden.ts'
export type { Policy, Timeouts } from './policy.ts'
export { PolicyError } from './policy-error.ts'
export { type Policies, services } from './services.ts'
export type { PerCall } from './stack.ts'
export { withoutPerCall } from './without-per-call.ts'
