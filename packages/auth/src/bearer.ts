import { assertDuration, assertOptions } from '@steadfetch/core'
import { assertText, spaceless } from './assert-text.ts'
import { assertOrigins, type Origins } from './origins.ts'
import type { AuthScheme } from './scheme.ts'
import { bearerAuthorization, TokenSource } from './token-source.ts'

/** What {@link BearerOptions.token} is asked with. */
export interface TokenRequest {
  /** Aborts when the timeout has run out, and when no call waits for the token any more; not with any single one. */
  readonly signal: AbortSignal
  /** The token that a server has refused; undefined where there was none. */
  readonly refused: string | undefined
}

/** Options of {@link bearer}. */
export interface BearerOptions {
  /**
   * The token, or a function that gets one. The function is asked when the first request needs a token, and again when
   * a server has refused it; never twice at a time. It must not call through the fetch that waits for the token: that
   * would wait for itself until the timeout.
   */
  token: string | ((request: TokenRequest) => string | Promise<string>)
  /** Where it may go. @default the origin of the call that the scheme is given with; a layer needs it */
  origins?: Origins
  /** How long the function may take, in milliseconds. @default 10000 */
  timeout?: number
}

/**
 * A bearer token with every request: RFC 6750.
 *
 * A token that is a string is all there is: a 401 stands. One that a function gets is kept until a server answers 401 to
 * it. Then the function is asked again, once for all requests that were refused, and each is sent again, once. A
 * function that fails, gives no token or takes too long is an `AuthError` of every call that waits for it, and the next
 * call asks again.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it, and never
 * its value.
 */
export function bearer(options: BearerOptions): AuthScheme {
  assertOptions('bearer', options, ['token', 'origins', 'timeout'])
  const { token, origins, timeout = 10_000 } = options
  assertOrigins('bearer', origins)
  assertDuration('bearer: timeout', timeout)
  const scheme = { name: 'bearer', header: 'authorization', origins }
  if (typeof token !== 'function') {
    const meaning = 'a string of visible ASCII characters without a space (no "Bearer" before it), or a function'
    assertText('bearer: token', token, spaceless, meaning)
    const authorization = bearerAuthorization(token)
    return { ...scheme, authorize: () => authorization }
  }
  const source = new TokenSource({
    scheme: 'bearer',
    timeout,
    hint: 'a token function must not call through the fetch that waits for the token',
    obtain: async ({ signal, refused }) => ({ token: await token({ signal, refused }) }),
  })
  return {
    ...scheme,
    authorize: (request) => source.authorization(request),
    refused: (_, request, sent) => (request.refusals === 0 ? source.insteadOf(sent, request) : undefined),
  }
}
