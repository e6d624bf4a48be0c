import { auth, bearer } from '@steadfetch/auth'
import { circuitBreaker } from '@steadfetch/circuit-breaker'
import { concurrency } from '@steadfetch/concurrency'
import { cookieJar, cookies } from '@steadfetch/cookies'
import { compose, type Fetch } from '@steadfetch/core'
import { defaults } from '@steadfetch/defaults'
import { hooks } from '@steadfetch/hooks'
import { httpErrors } from '@steadfetch/http-errors'
import { log } from '@steadfetch/log'
import { pool } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'
import { redirects } from '@steadfetch/redirects'
import { retry } from '@steadfetch/retry'
import { timeout } from '@steadfetch/timeout'

const hour = 3_600_000

/** What is held to the contract. */
export interface Subject {
  readonly name: string
  /** Its per-call options, which change nothing of what is looked at here; the outermost layer's first. */
  readonly options: Readonly<Record<string, object | false>>
  /** Whether it connects by itself: errors of the network come from another client then, with causes of its own. */
  readonly connects?: boolean
  /** Whether it goes before a dispatcher of the caller's. */
  readonly overridesDispatcher?: boolean
  /** Whether it follows redirects by itself, and says by itself where it cannot. */
  readonly follows?: boolean
  /** Whether it looks at every chunk of a body. */
  readonly looksAtChunks?: boolean
  wrap(fetch: Fetch): Fetch
}

const silent = { info: () => {}, warn: () => {}, error: () => {} }

const everyHook = {
  onRequest: () => Promise.resolve(),
  onResponse: () => Promise.resolve(),
  onError: () => Promise.resolve(),
  onEnd: () => Promise.resolve(),
}

/** The middleware, in the ways that differ in what they do to a call. A further one is one entry. */
const layers: readonly Subject[] = [
  {
    name: 'timeout',
    options: { timeout: { after: hour / 2 } },
    wrap: (fetch) => timeout({ after: hour, headers: hour })(fetch),
  },
  {
    name: 'timeout with idle',
    options: { timeout: { idle: hour / 2 } },
    looksAtChunks: true,
    wrap: (fetch) => timeout({ after: hour, headers: hour, idle: hour })(fetch),
  },
  {
    name: 'retry',
    options: { retry: { attempts: 2 } },
    wrap: (fetch) => retry({ backoff: () => 1 })(fetch),
  },
  {
    name: 'circuitBreaker',
    options: { circuitBreaker: false },
    wrap: (fetch) => circuitBreaker({ failuresInARow: 1000, minimumCalls: 1000 })(fetch),
  },
  {
    name: 'concurrency',
    options: { concurrency: { until: 'headers' } },
    wrap: (fetch) => concurrency({ limit: 16 })(fetch),
  },
  {
    name: 'redirects',
    options: { redirects: { max: 20 } },
    follows: true,
    wrap: (fetch) => redirects({ onRedirect: () => Promise.resolve() })(fetch),
  },
  {
    name: 'cookies',
    options: { cookies: {}, redirects: { max: 20 } },
    follows: true,
    wrap: (fetch) => cookies({ jar: cookieJar() })(fetch),
  },
  {
    name: 'auth',
    options: { auth: bearer({ token: 'other', origins: 'https://nowhere.test' }) },
    follows: true,
    wrap: (fetch) => auth(bearer({ token: () => 'token', origins: 'https://elsewhere.test' }))(fetch),
  },
  {
    name: 'defaults',
    options: { defaults: { params: { none: null } } },
    wrap: (fetch) => defaults({ headers: { 'x-none': null }, params: { none: null } })(fetch),
  },
  {
    name: 'httpErrors',
    options: { httpErrors: { except: [404] } },
    wrap: (fetch) => httpErrors({ statuses: [599], readAhead: true })(fetch),
  },
  {
    name: 'pool',
    options: {},
    connects: true,
    wrap: (fetch) => pool()(fetch),
  },
  {
    name: 'proxy, past it',
    options: {},
    connects: true,
    overridesDispatcher: true,
    wrap: (fetch) => proxy({ http: 'http://proxy.test', no: '*' })(fetch),
  },
  {
    name: 'hooks',
    options: { hooks: { onEnd: () => {} } },
    wrap: (fetch) => hooks(everyHook)(fetch),
  },
  {
    name: 'hooks with bytes',
    options: { hooks: { bytes: true } },
    looksAtChunks: true,
    wrap: (fetch) => hooks({ ...everyHook, bytes: true })(fetch),
  },
  {
    name: 'log',
    options: { log: { headers: false } },
    wrap: (fetch) => log({ logger: silent, headers: true })(fetch),
  },
  {
    name: 'log with bytes',
    options: { log: { bytes: true } },
    looksAtChunks: true,
    wrap: (fetch) => log({ logger: silent, bytes: true })(fetch),
  },
]

/** What the platform does by itself: what is asked of the others must hold of it too. */
export const control: Subject = { name: 'no middleware', options: {}, wrap: (fetch) => fetch }

/** Each middleware alone, all of them in two orders, and none. */
export const subjects: readonly Subject[] = [
  control,
  ...layers,
  composed('all of them', layers),
  composed('all of them, inside out', layers.toReversed()),
]

/** Those that do something to a call. */
export const middleware: readonly Subject[] = subjects.filter((subject) => subject !== control)

/** The names of all per-call options. */
export const optionNames: readonly string[] = [...new Set(layers.flatMap(({ options }) => Object.keys(options)))]

/** The platform's fetch as a program would hand it over: looked up when it is called. */
export const platform: Fetch = (input, init) => globalThis.fetch(input, init)

function composed(name: string, parts: readonly Subject[]): Subject {
  const options = Object.assign({}, ...parts.map((part) => part.options))
  return {
    name,
    options,
    connects: true,
    overridesDispatcher: true,
    follows: true,
    looksAtChunks: true,
    wrap: compose(...parts.map(({ wrap }) => wrap)),
  }
}
