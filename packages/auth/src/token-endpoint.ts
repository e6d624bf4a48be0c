import { assertResponse, discard, retryAfterOf } from '@steadfetch/core'
import { assertText, spaceless } from './assert-text.ts'
import { AuthError } from './auth-error.ts'
import { basicAuthorization } from './basic.ts'
import { textWithin } from './text-within.ts'
import type { Asking, Obtained } from './token-source.ts'

/** A token endpoint, and what it is asked with. */
export interface TokenEndpoint {
  readonly url: URL
  readonly clientId: string
  readonly clientSecret: string
  /** In place of a header: RFC 6749, section 2.3.1. */
  readonly isSecretInBody: boolean
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** How long before its end a token is renewed, in milliseconds; at the most half of its time. */
const leeway = 10_000

/** The longest answer that is read, in bytes. */
const mostBytes = 64 * 1024

/** What may have passed by the next time: the statuses that `retry` repeats a call for. */
const transient = new Set([408, 425, 429, 500, 502, 503, 504])

/**
 * A token from a token endpoint: RFC 6749, sections 4.4.2 and 5.
 *
 * @throws {AuthError} when the endpoint gives none. No message has more of its response than an error code.
 */
export async function tokenOf(endpoint: TokenEndpoint, { fetch, signal }: Asking): Promise<Obtained> {
  const { url, clientId, clientSecret, isSecretInBody, parameters } = endpoint
  const body = new URLSearchParams()
  for (const [name, value] of parameters) body.append(name, value)
  if (isSecretInBody) {
    body.append('client_id', clientId)
    body.append('client_secret', clientSecret)
  }
  const basic = isSecretInBody ? {} : basicAuthorization(form(clientId), form(clientSecret)).headers
  const asked = Date.now()
  const response = await fetch(url.href, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...basic },
    body: String(body),
    // Nobody else is to get the secret.
    redirect: 'manual',
    signal,
  })
  assertResponse('auth', response)
  return tokenIn(await answerOf(response, endpoint, signal), endpoint, asked)
}

/** An answer of the endpoint that is a JSON object, as the success that it is. */
async function answerOf(
  response: Response,
  { url, clientSecret }: TokenEndpoint,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { status, ok } = response
  // Not every platform's types know of all of them.
  const type: string = response.type
  const failed = (what: string, code?: string): AuthError => {
    const message = `${url.origin}${url.pathname} answered ${what}`
    if (!transient.has(status)) return new AuthError('clientCredentials', message, { status, code })
    const wait = retryAfterOf(response.headers)
    const retryAt = wait === undefined ? undefined : Date.now() + wait
    const cause = new NetworkError(`the token endpoint answered ${status}`)
    return new AuthError('clientCredentials', message, { status, code, retryAt, cause })
  }
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    discard(response)
    throw failed(`${status || 'with a redirect'}, and no redirect is followed with a secret`)
  }
  const text = await textWithin(mostBytes, response, signal)
  if (ok && text === undefined) throw failed(`${status} with more than 64 KiB`)
  const answer = objectIn(text ?? '')
  const code = typeof answer?.error === 'string' && isCode(answer.error, clientSecret) ? answer.error : undefined
  const named = code === undefined ? '' : ` (${code})`
  if (!ok) throw failed(`${status}${named}`, code)
  if (answer === undefined) throw failed(`${status} without a JSON object`)
  // Some servers tell of a failure with a status of success.
  const isFailure = answer.access_token === undefined && answer.error !== undefined && answer.error !== null
  if (isFailure) throw failed(`${status} with an error${named}`, code)
  return answer
}

function tokenIn(answer: Record<string, unknown>, { url }: TokenEndpoint, asked: number): Obtained {
  const { access_token: token, token_type: type = 'bearer', expires_in: lifetime } = answer
  const from = `what ${url.origin}${url.pathname} answered`
  if (String(type).toLowerCase() !== 'bearer') {
    throw new AuthError('clientCredentials', `${from} has a token_type other than bearer`)
  }
  try {
    assertText(`access_token of ${from}`, token, spaceless, 'a string of visible ASCII characters without a space')
  } catch (error) {
    throw new AuthError('clientCredentials', error instanceof Error ? error.message : '')
  }
  const milliseconds = lifetime === undefined || lifetime === null ? Number.NaN : Number(lifetime) * 1000
  // Of no use is a time that is none; a server that means for ever does not say it.
  if (!(milliseconds > 0)) return { token: String(token) }
  const expires = asked + milliseconds
  return { token: String(token), renews: expires - Math.min(leeway, milliseconds / 2), expires }
}

/** Without what `JSON.parse` has to say where there is none: it quotes from the text. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** A code as there are some, and nothing that a server echoes. */
function isCode(text: string, secret: string): boolean {
  return /^[\w.:/-]{1,80}$/.test(text) && !text.includes(secret)
}

/** As RFC 6749, appendix B has it. */
function form(text: string): string {
  return String(new URLSearchParams({ text })).slice('text='.length)
}

/** The cause of what may pass: to `errorKind`, and so to a `retry` outside, it is a network that fails. */
class NetworkError extends Error {
  override readonly name = 'NetworkError'
}
