import { type AuthScheme, auth } from '@steadfetch/auth'
import { circuitBreaker } from '@steadfetch/circuit-breaker'
import { type ConcurrencyOptions, concurrency, type TurnOptions } from '@steadfetch/concurrency'
import { type CookiesPerCall, cookies } from '@steadfetch/cookies'
import { compose, type Fetch } from '@steadfetch/core'
import { type DefaultsOptions, defaults } from '@steadfetch/defaults'
import { type HooksOptions, hooks } from '@steadfetch/hooks'
import { type HttpErrorsOptions, httpErrors } from '@steadfetch/http-errors'
import { type LogOptions, log } from '@steadfetch/log'
import { type ConnectionLayer, pool } from '@steadfetch/pool'
import { proxy } from '@steadfetch/proxy'
import { redirects } from '@steadfetch/redirects'
import { type RetryOptions, retry } from '@steadfetch/retry'
import { type TimeoutOptions, timeout } from '@steadfetch/timeout'
import { attemptTimeouts, splitTimeouts, timeoutPerCall } from './per-call-timeouts.ts'
import { breakerOf, optionsOf, type Policy, type Timeouts, timeoutsOf } from './policy.ts'

type Layer = (fetch: Fetch) => Fetch

/** What each call may say, for the layers of a policy; for what is not in it, it says nothing. */
export interface PerCall extends CookiesPerCall {
  httpErrors?: HttpErrorsOptions | false
  defaults?: DefaultsOptions | false
  log?: LogOptions | false
  hooks?: HooksOptions | false
  /** Of the whole call, or `{ total, attempt }`; `false` is for both. */
  timeout?: TimeoutOptions | Timeouts | false
  retry?: RetryOptions | false
  circuitBreaker?: false
  concurrency?: TurnOptions | false
  auth?: AuthScheme | false
}

/** A layer of a stack, as it is described. */
export interface Part {
  readonly name: string
  readonly options: unknown
}

/** The layers of a policy, the outermost first. */
export interface Stack {
  readonly parts: readonly Part[]
  /** Makes the stack around a fetch, with state of its own. */
  around(fetch: Fetch): Fetch
  /** Lets go of the connections that the policy has of its own. */
  close(): Promise<void>
}

/** The stack of a policy that has been checked. */
export function stackOf(policy: Policy): Stack {
  const parts: Part[] = []
  const layers: Layer[] = []
  const add = <Options>(
    name: string,
    options: Options | undefined | false,
    layerOf: (options: Options) => Layer,
  ): void => {
    if (options === undefined || options === false) return
    parts.push({ name, options })
    layers.push(layerOf(options))
  }
  const { total, attempt } = timeoutsOf(policy)
  // Before all that looks at the URL; then what a program sees of a call.
  add('defaults', policy.defaults, defaults)
  add('httpErrors', optionsOf(policy.httpErrors, false), httpErrors)
  add('log', optionsOf(policy.log, false), log)
  add('hooks', policy.hooks, hooks)
  layers.push(splitTimeouts)
  if (total === false) layers.push(timeoutPerCall)
  add('timeout of the whole call', total, timeout)
  add('redirects', optionsOf(policy.redirects, false), redirects)
  add('cookies', optionsOf(policy.cookies, false), cookies)
  add('retry', optionsOf(policy.retry, true), retry)
  add('circuitBreaker', breakerOf(policy), circuitBreaker)
  add<ConcurrencyOptions>('concurrency', policy.concurrency, concurrency)
  layers.push(attemptTimeouts)
  if (attempt === false) layers.push(timeoutPerCall)
  add('timeout of an attempt', attempt, timeout)
  add('auth', policy.auth, auth)
  const connections = connectionsOf(policy)
  if (connections) {
    const { layer, ...part } = connections
    parts.push(part)
    layers.push(layer)
  }
  return {
    parts,
    around: (fetch) => compose(...layers)(fetch),
    close: async () => connections?.layer.close(),
  }
}

/** A proxy has the options of pool, and is one. */
function connectionsOf(policy: Policy): (Part & { readonly layer: ConnectionLayer }) | undefined {
  const options = optionsOf(policy.pool, false)
  const { proxy: through = false } = policy
  if (through !== false) return { name: 'proxy', options: { through, ...options }, layer: proxy(through, options) }
  return options && { name: 'pool', options, layer: pool(options) }
}
