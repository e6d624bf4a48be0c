import { assertDuration, assertOptions, inWords } from '@steadfetch/core'
import { assertText } from './assert-text.ts'
import { assertOrigins, type Origins } from './origins.ts'
import type { AuthScheme } from './scheme.ts'
import { type TokenEndpoint, tokenOf } from './token-endpoint.ts'
import { TokenSource } from './token-source.ts'

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions {
  /** The token endpoint of the authorization server. Id and secret go there, whatever `origins` are. */
  tokenUrl: string
  clientId: string
  clientSecret: string
  /** What the token is for, separated by spaces. @default what the server thinks right */
  scope?: string
  /**
   * What else the server wants to know, such as `audience` or `resource`: an object, or pairs as a `URLSearchParams` or
   * a `Map` has them. @default none
   */
  parameters?: Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>
  /** Whether id and secret go in a header or in the body of the token call. @default 'basic' */
  authentication?: 'basic' | 'body'
  /** Where the token may go. @default the origin of the call that the scheme is given with; a layer needs it */
  origins?: Origins
  /** How long the token call may take, in milliseconds. @default 10000 */
  timeout?: number
}

const names = ['tokenUrl', 'clientId', 'clientSecret', 'scope', 'parameters', 'authentication', 'origins', 'timeout']

/** What a token call says by options of their own. */
const reserved = new Set(['grant_type', 'scope', 'client_id', 'client_secret'])

/**
 * A token of OAuth 2, in exchange for an id and a secret: RFC 6749, section 4.4.
 *
 * It is asked for when the first request needs it, kept until shortly before it expires (`expires_in`), and asked for
 * once more when a server answers 401 to it; never twice at a time. The token call is made with the fetch below the
 * layer, and follows no redirect. Where it fails, every call that waits for it fails with an `AuthError`, and the next
 * one tries again; where there is a token that has not expired yet, they use that. An `AuthError` over an answer that
 * may pass (408, 425, 429, 500, 502, 503 or 504) has the `errorKind` of a failing network, which a `retry` outside
 * repeats.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it, and never
 * its value where that is a secret.
 */
export function clientCredentials(options: ClientCredentialsOptions): AuthScheme {
  assertOptions('clientCredentials', options, names)
  const { origins, timeout = 10_000 } = options
  assertOrigins('clientCredentials', origins)
  assertDuration('clientCredentials: timeout', timeout)
  const endpoint = endpointOf(options)
  const source = new TokenSource({
    scheme: 'clientCredentials',
    timeout,
    obtain: (asking) => tokenOf(endpoint, asking),
  })
  return {
    name: 'clientCredentials',
    header: 'authorization',
    origins,
    authorize: (request) => source.authorization(request),
    refused: (_, request, sent) => (request.refusals === 0 ? source.insteadOf(sent, request) : undefined),
  }
}

function endpointOf(options: ClientCredentialsOptions): TokenEndpoint {
  const { tokenUrl, clientId, clientSecret, scope, parameters = {}, authentication = 'basic' } = options
  const url = typeof tokenUrl === 'string' ? URL.parse(tokenUrl) : null
  if (!url || !/^https?:$/.test(url.protocol) || url.hash || url.username || url.password) {
    throw new TypeError("clientCredentials: tokenUrl must be a URL such as 'https://auth.example.com/token'")
  }
  for (const [name, text] of Object.entries({ clientId, clientSecret, scope: scope ?? '-' })) {
    assertText(`clientCredentials: ${name}`, text, /./s, 'a string that is not empty')
  }
  const pairs = pairsOf(parameters)
  if (authentication !== 'basic' && authentication !== 'body') {
    throw new TypeError(`clientCredentials: authentication must be 'basic' or 'body', got ${inWords(authentication)}`)
  }
  pairs.push(['grant_type', 'client_credentials'])
  if (scope !== undefined) pairs.push(['scope', scope])
  return { url, clientId, clientSecret, isSecretInBody: authentication === 'body', parameters: pairs }
}

/** Those of an object or of an iterable, as they are now: a name may be there more than once. */
function pairsOf(parameters: unknown): [name: string, value: string][] {
  const what = 'clientCredentials: parameters'
  const must = `${what} must be an object of strings by name, or pairs of a name and a string`
  if (typeof parameters !== 'object' || parameters === null) throw new TypeError(`${must}, got ${aKind(parameters)}`)
  const pairs = Symbol.iterator in parameters ? Array.from(parameters as Iterable<unknown>) : Object.entries(parameters)
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError(`${must}, got ${aKind(pair)} in it`)
    const [name, value]: unknown[] = pair
    if (typeof name !== 'string') throw new TypeError(`${must}, got ${aKind(name)} for a name`)
    if (reserved.has(name))
      throw new TypeError(`${what}.${name}: there is an option of its own for it, or no other way`)
    assertText(`${what}.${name}`, value, /^/, 'a string')
    return [name, String(value)]
  })
}

/** A value that may be a secret. */
function aKind(value: unknown): string {
  return typeof value === 'string' ? 'a string' : inWords(value)
}
