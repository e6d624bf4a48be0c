import { type FetchInit, withInit } from '@steadfetch/core'

/** An `init` to look at: a frozen copy, with a copy of its headers in the form that they have. */
export function readOnly(init: FetchInit | undefined): Readonly<FetchInit> {
  const copy = withInit(init, {})
  if (typeof copy.headers === 'object' && copy.headers !== null) copy.headers = copyOf(copy.headers)
  return Object.freeze(copy)
}

/** What can be read only once, as an iterator, is handed on as it is. */
function copyOf(headers: NonNullable<FetchInit['headers']>): NonNullable<FetchInit['headers']> {
  if (Array.isArray(headers)) {
    return Object.freeze(
      headers.map((pair) => (Array.isArray(pair) ? Object.freeze([...pair]) : pair)),
    ) as typeof headers
  }
  if (!(Symbol.iterator in headers)) return Object.freeze({ ...headers })
  return isHeaders(headers) ? new Headers(headers) : headers
}

/** Of this realm or of another one, such as npm undici's. */
function isHeaders(headers: object): headers is Headers {
  return 'getSetCookie' in headers && 'append' in headers
}
