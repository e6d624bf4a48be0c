import { InvalidRedirectError } from './invalid-redirect-error.ts'

const redirectStatuses = new Set([301, 302, 303, 307, 308])

/**
 * Where a response leads to, as the fetch standard has it (sections "HTTP-redirect fetch" and "location URL"): undefined
 * where it is no redirect.
 *
 * @param from the URL that has answered; undefined where nobody knows it.
 * @param hash the fragment of the call.
 * @throws {InvalidRedirectError} when it leads nowhere.
 */
export function redirectTarget(response: Response, from: URL | undefined, hash: string): URL | undefined {
  const { status, headers } = response
  // Not every platform's types know of all of them.
  const type: string = response.type
  if (type === 'opaqueredirect') {
    throw new InvalidRedirectError(status, from, 'this platform hides redirects, as browsers do, but from itself')
  }
  if (response.redirected) {
    throw new InvalidRedirectError(
      status,
      from,
      'the fetch below has followed a redirect that it was told not to follow',
    )
  }
  if (!redirectStatuses.has(status)) return undefined
  if (typeof headers?.get !== 'function') throw new TypeError('redirects: a response needs Headers, as any fetch gives')
  const location = headers.get('location')
  if (location === null) return undefined

  const target = URL.parse(asUtf8(location), from?.href)
  if (target === null) throw new InvalidRedirectError(status, from, 'its Location is no URL')
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new InvalidRedirectError(status, from, `its Location is a ${target.protocol} URL, neither http: nor https:`)
  }
  if (target.username !== '' || target.password !== '') {
    throw new InvalidRedirectError(status, from, 'its Location has a user or a password')
  }
  // One that is empty is one.
  if (!target.href.includes('#')) target.hash = hash
  return target
}

/** A header is a string of bytes, and servers write UTF-8 into this one. */
function asUtf8(location: string): string {
  const codes = Array.from(location, (character) => character.codePointAt(0) ?? 0)
  return codes.some((code) => code > 0x7f) && codes.every((code) => code <= 0xff)
    ? new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(Uint8Array.from(codes))
    : location
}
