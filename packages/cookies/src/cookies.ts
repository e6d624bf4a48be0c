import { assertFunction, assertOptions, headersOf, type Middleware, withInit, withoutOption } from '@steadfetch/core'
import { type RedirectsOptions, redirects, redirectsOptionNames } from '@steadfetch/redirects'
import { assertCookieValues, type CookieValues, headerOf, mergedHeaders } from './cookie-header.ts'
import { assertJar, type CookieJar, cookieJar } from './cookie-jar.ts'
import { withJar } from './with-jar.ts'

export { historyOf, type Redirect, type RedirectEvent, type RedirectsOptions } from '@steadfetch/redirects'
export type { CookieValues } from './cookie-header.ts'
export { type Cookie, type CookieJar, type CookieJarOptions, cookieJar } from './cookie-jar.ts'

/** Options of {@link cookies}: its jar, and those of `redirects`, which it follows. */
export interface CookiesOptions extends RedirectsOptions {
  /** The jar, to share it, look into it, save and load it. @default one for each wrapped fetch */
  jar?: CookieJar
}

/** What a call may say of its cookies, and of its redirects. */
export interface CookiesPerCall {
  /** Further cookies for this call and its redirects within the origin, which are not kept; `false` for no jar. */
  cookies?: CookieValues | false
  /** Options for the redirects of this call; `false` leaves them to the fetch below, where no cookie of theirs is seen. */
  redirects?: RedirectsOptions | false
}

/**
 * Keeps the cookies that servers set, and sends them where they belong, as a browser does: on every redirect too, which
 * is why it follows redirects by itself.
 *
 * A `Cookie` header of the caller's is sent together with those of the jar, and wins where names are the same.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function cookies(options: CookiesOptions = {}): Middleware<CookiesPerCall> {
  assertOptions('cookies', options, ['jar', ...redirectsOptionNames])
  const { jar, ...ofRedirects } = options
  if (jar !== undefined) assertJar('cookies: jar', jar)
  const following = redirects(ofRedirects)
  return (fetch) => {
    assertFunction('cookies: fetch', fetch)
    const fetchWithJar = following(withJar(fetch, jar ?? cookieJar()))
    return async function cookies(input, init) {
      const perCall = init?.cookies
      const rest = withoutOption('cookies', init)
      if (perCall === false) return fetch(input, rest)
      if (perCall !== undefined) assertCookieValues(perCall)
      const own = headerOf(perCall ?? {})
      if (own === '') return await fetchWithJar(input, rest)
      const headers = headersOf(input, rest)
      headers.set('cookie', mergedHeaders(headers.get('cookie') ?? '', own))
      return await fetchWithJar(input, withInit(rest, { headers }))
    }
  }
}
