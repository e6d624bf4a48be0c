import {
  assertFunction,
  type Fetch,
  type FetchInit,
  type FetchInput,
  fetchAt,
  headersOf,
  type Middleware,
  urlOf,
  withInit,
  withoutOption,
} from '@steadfetch/core'
import { redirects } from '@steadfetch/redirects'
import { AuthorizedRequest, withHashOf } from './authorized-request.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import type { AuthScheme } from './scheme.ts'

export { UnreplayableBodyError } from '@steadfetch/core'
export { type ApiKeyOptions, apiKey } from './api-key.ts'
export { AuthError, type AuthFailure } from './auth-error.ts'
export { type BasicOptions, basic } from './basic.ts'
export { type BearerOptions, bearer, type TokenRequest } from './bearer.ts'
export { type ClientCredentialsOptions, clientCredentials } from './client-credentials.ts'
export { type DigestOptions, digest } from './digest.ts'
export type { Origins } from './origins.ts'
export type { Authorization, AuthRequest, AuthScheme } from './scheme.ts'

/**
 * Authorizes requests to the origins that the credentials are for, and no others.
 *
 * It follows redirects itself, so that each request of a chain has the credentials or has not; a call that says
 * `redirect: 'manual'` or `'error'` is not redirected. A header of the caller's own goes before that of the scheme. A
 * per-call `{ auth: scheme }` takes the scheme's place, for the outermost auth of a stack; `{ auth: false }` turns that
 * one off, and leaves redirects to the fetch below. What a scheme knows, a token or a nonce, it knows wherever it is used.
 *
 * @throws {TypeError} at once, when the scheme is none, or does not say by `origins` where its credentials may go.
 * @returns a middleware whose fetch fails with an `AuthError` where credentials cannot be had, with an
 * `UnreplayableBodyError` where a body would have to be sent again and cannot, and with what `redirects` fails with.
 */
export function auth(scheme: AuthScheme): Middleware<{ auth?: AuthScheme | false }> {
  const layer = credentialsOf(scheme)
  const follow = redirects()
  return (fetch) => {
    assertFunction('auth: fetch', fetch)
    return async function auth(input, init) {
      const perCall = init?.auth
      const rest = withoutOption('auth', init)
      const url = urlOf(input)
      if (perCall === false || url === undefined) return fetch(input, rest)
      const credentials = perCall === undefined ? layer : credentialsOf(perCall, url)
      const { header } = credentials.scheme
      const isTheCallers = header !== undefined && headersOf(input, rest).has(header)
      const redirectsBelow = optionIn(rest, 'redirects')

      const hop: typeof fetch = (next, given) => {
        const whole = redirectsBelow ? withInit(given, redirectsBelow) : given
        return hopCall(fetch, credentials, next, whole, isTheCallers)
      }
      // Awaited, so that stack traces show this layer.
      return await follow(hop)(input, withoutOption('redirects', rest))
    }
  }
}

/** An option of single calls for layers below, to be given to them again. */
function optionIn(init: object | null | undefined, name: string): FetchInit | undefined {
  return init && name in init ? { [name]: Reflect.get(init, name) } : undefined
}

/** One request of what may be a chain of them. */
async function hopCall<Options>(
  fetch: Fetch<Options>,
  { scheme, mayGo }: Credentials,
  input: FetchInput,
  init: (FetchInit & Options) | undefined,
  isTheCallers: boolean,
): Promise<Response> {
  const url = urlOf(input)
  // One with a user in it is refused by the platform, which shows it in its error.
  if (url === undefined || url.username !== '' || url.password !== '') return fetch(input, init)
  if (mayGo(url)) {
    return isTheCallers ? fetch(input, init) : await new AuthorizedRequest(fetch, scheme, url, input, init).response()
  }
  const bare = scheme.withheld?.(new URL(url)) ?? url
  if (bare.href === url.href) return fetch(input, init)
  return fetchAt('auth', fetch, withHashOf(bare, input), input, init)
}
