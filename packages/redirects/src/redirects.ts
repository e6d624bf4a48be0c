import {
  assertFunction,
  assertList,
  assertOptions,
  assertWhole,
  initAsMade,
  inputAsMade,
  inWords,
  isRequest,
  isSecretName,
  type Middleware,
  type ReplayOptions,
  withInit,
  withoutOption,
  withPerCall,
} from '@steadfetch/core'
import { FollowedCall, modeOf } from './followed-call.ts'
import type { Redirect } from './history.ts'
import { ofOrigin } from './next-request.ts'

export { UnreplayableBodyError } from '@steadfetch/core'
export { historyOf, type Redirect } from './history.ts'
export { InvalidRedirectError } from './invalid-redirect-error.ts'
export { TooManyRedirectsError } from './too-many-redirects-error.ts'

/** Options of {@link redirects}. */
export interface RedirectsOptions {
  /** How many redirects of one call are followed at most. @default 20 */
  max?: number
  /**
   * Further headers that do not go to another origin. Those of the fetch standard never do (`Authorization`,
   * `Proxy-Authorization`, `Cookie`, `Host`), and neither does what looks like a secret by its name (`X-API-Key`).
   */
  strip?: readonly string[]
  /** Headers that go to another origin although they look like a secret. */
  keep?: readonly string[]
  /**
   * Told of every redirect before it is followed, and awaited. What it throws is what the call fails with, so that it
   * can refuse one.
   */
  onRedirect?: (redirect: RedirectEvent) => void | Promise<void>
  /** How much of a `Request`'s body is kept to be sent again. @default { maxBytes: 1048576 } */
  replay?: ReplayOptions
}

/** The names of all options, for layers that take them as well. */
export const redirectsOptionNames: readonly string[] = ['max', 'strip', 'keep', 'onRedirect', 'replay']

/** What {@link RedirectsOptions.onRedirect} is told. */
export interface RedirectEvent extends Redirect {
  /** The response that redirects; its body is being thrown away. */
  readonly response: Response
}

/** The options as they are carried out. */
export interface RedirectPolicy {
  readonly max: number
  readonly maxBytes: number | undefined
  readonly onRedirect: RedirectsOptions['onRedirect']
  /** Whether a header must not go to another origin, by its name in lower case. */
  strips(header: string): boolean
}

/**
 * Follows redirects as the fetch standard does, one request at a time: every layer below sees each of them.
 *
 * A call that says `redirect: 'manual'` or `'error'` goes through as it is. A per-call `{ redirects: { max: 5 } }` changes
 * the options that it names, for the outermost of a stack; `{ redirects: false }` leaves it to the fetch below.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 * @returns a middleware whose fetch fails with a {@link TooManyRedirectsError}, an {@link InvalidRedirectError} where a
 * response leads nowhere, or an {@link UnreplayableBodyError} where a body would have to be sent again and cannot.
 */
export function redirects(options: RedirectsOptions = {}): Middleware<{ redirects?: RedirectsOptions | false }> {
  const own = { ...options }
  const policyOfLayer = policyOf(options)
  return (fetch) => {
    assertFunction('redirects: fetch', fetch)
    return async function redirects(input, init) {
      const perCall = init?.redirects
      const rest = withoutOption('redirects', init)
      const mode = rest?.redirect ?? (isRequest(input) ? input.redirect : 'follow')
      // What comes of a call that is no-cors, nobody is to see, so that only the platform can follow.
      const isHidden = modeOf(input, rest) === 'no-cors'
      if (perCall === false || mode !== 'follow' || isHidden) return fetch(input, rest)
      if (perCall !== undefined) assertOptions('redirects', perCall, redirectsOptionNames)
      const policy = perCall === undefined ? policyOfLayer : policyOf(withPerCall(own, perCall))
      // Awaited, so that stack traces show this layer.
      return await new FollowedCall(fetch, inputAsMade(input), withInit(initAsMade(rest), {}), policy).response()
    }
  }
}

function policyOf(options: RedirectsOptions): RedirectPolicy {
  assertOptions('redirects', options, redirectsOptionNames)
  const { max = 20, strip = [], keep = [], onRedirect, replay = {} } = options
  assertWhole('redirects: max', max, 0)
  assertHeaderNames('redirects: strip', strip)
  assertHeaderNames('redirects: keep', keep)
  const never = keep.find((name) => ofOrigin.includes(name.toLowerCase()))
  if (never !== undefined)
    throw new TypeError(`redirects: keep cannot have ${inWords(never)}, which never leaves its origin`)
  const both = keep.find((name) => strip.some((other) => other.toLowerCase() === name.toLowerCase()))
  if (both !== undefined) throw new TypeError(`redirects: ${inWords(both)} is in both strip and keep`)
  if (onRedirect !== undefined) assertFunction('redirects: onRedirect', onRedirect)
  assertOptions('redirects: replay', replay, ['maxBytes'])
  if (replay.maxBytes !== undefined) assertWhole('redirects: replay.maxBytes', replay.maxBytes, 0)
  const [stripped, kept] = [strip, keep].map((list) => new Set(list.map((name) => name.toLowerCase())))
  const strips = (header: string): boolean => stripped?.has(header) || (!kept?.has(header) && isSecretName(header))
  return { max, maxBytes: replay.maxBytes, onRedirect, strips }
}

function assertHeaderNames(what: string, list: readonly string[]): void {
  assertList(what, list, 'names of headers', (name) => typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name))
}
