import {
  abortable,
  assertResponse,
  cancelUpload,
  discard,
  type Fetch,
  type FetchInit,
  type FetchInput,
  headersOf,
  initAsMade,
  inputAsMade,
  isRequest,
  signalOf,
  urlOf,
  withInit,
} from '@steadfetch/core'
import { mergedHeaders } from './cookie-header.ts'
import type { CookieJar } from './cookie-jar.ts'

/** A fetch that sends the cookies of a jar with each request, and keeps those of each response. It follows no redirect. */
export function withJar<Options>(fetch: Fetch<Options>, jar: CookieJar): Fetch<Options> {
  return async function withJar(given, rest) {
    const input = inputAsMade(given)
    const init = initAsMade(rest)
    const url = urlOf(input)
    if (url === undefined || credentialsOf(input, init) === 'omit') return fetch(input, init)
    const signal = signalOf(input, init)
    const kept = await abortable(jar.header(url), signal).catch((reason: unknown) => {
      cancelUpload(input, init, reason)
      throw reason
    })
    const response = await fetch(input, kept === '' ? init : withCookies(input, init, kept))
    assertResponse('cookies', response)
    const set = setCookiesOf(response)
    if (set.length > 0) await keep(jar, set, response, URL.parse(response.url) ?? url, signal)
    return response
  }
}

/** The caller's own cookies are there as well, and go before those of the jar. */
function withCookies<Init extends FetchInit>(input: FetchInput, init: Init | undefined, kept: string): Init {
  const headers = headersOf(input, init)
  headers.set('cookie', mergedHeaders(kept, headers.get('cookie') ?? ''))
  return withInit(init, { headers })
}

/** @throws {TypeError} when there are some that cannot be told apart, as in a mock of `Headers`. */
function setCookiesOf({ headers }: Response): readonly string[] {
  if (typeof headers?.getSetCookie === 'function') return headers.getSetCookie()
  if (headers === undefined || !headers.get?.('set-cookie')) return []
  throw new TypeError('cookies: the headers of a response that sets cookies need getSetCookie()')
}

async function keep(
  jar: CookieJar,
  set: readonly string[],
  response: Response,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for (const cookie of set) await abortable(jar.set(cookie, url), signal)
  } catch (error) {
    discard(response)
    throw error
  }
}

function credentialsOf(input: FetchInput, init: FetchInit | undefined): unknown {
  const credentials: unknown = init && Reflect.get(init, 'credentials')
  return credentials ?? (isRequest(input) ? Reflect.get(input, 'credentials') : undefined)
}
