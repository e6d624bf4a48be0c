import { assertOptions, type Fetch, type FetchInit, withInit, withoutOption } from '@steadfetch/core'
import { timeout } from '@steadfetch/timeout'

/** Under which name what a call says of its attempts goes through the layers in between. */
const ofAttempt = 'steadfetch:timeout'

/** What a call may say of timeouts, by whatever name. */
type Says = FetchInit & { readonly timeout?: unknown; readonly [ofAttempt]?: unknown }

/** Outside of both timeouts of a stack: says to each of them what a call says of it. `false` is for both. */
export function splitTimeouts(fetch: Fetch): Fetch {
  return (input, init) => {
    try {
      return fetch(input, split(init))
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** Just outside of the timeout of an attempt: hands over what is for it. */
export function attemptTimeouts(fetch: Fetch): Fetch {
  return (input, init) => {
    const timeout = (init as Says | undefined)?.[ofAttempt]
    if (timeout === undefined) return fetch(input, init)
    return fetch(input, withInit(withoutOption(ofAttempt, init), { timeout } as FetchInit))
  }
}

/** Stands for a timeout that the policy has not got, for the calls that say what theirs is. */
export function timeoutPerCall(fetch: Fetch): Fetch {
  const limited = timeout({ after: Number.POSITIVE_INFINITY })(fetch)
  return (input, init) => {
    const limits = (init as Says | undefined)?.timeout
    if (limits === undefined || limits === false) return fetch(input, withoutOption('timeout', init))
    return limited(input, init)
  }
}

function split(init: FetchInit | undefined): FetchInit | undefined {
  const timeout = (init as Says | undefined)?.timeout
  if (timeout === undefined) return init
  if (timeout === false) return withInit(init, { [ofAttempt]: false } as FetchInit)
  if (typeof timeout !== 'object' || timeout === null || !('total' in timeout || 'attempt' in timeout)) return init
  assertOptions('timeout', timeout, ['total', 'attempt'])
  const { total, attempt } = timeout as { total?: unknown; attempt?: unknown }
  const rest = withoutOption('timeout', init)
  const own = { ...(total !== undefined && { timeout: total }), ...(attempt !== undefined && { [ofAttempt]: attempt }) }
  return withInit(rest, own as FetchInit)
}
