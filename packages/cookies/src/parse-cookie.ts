import { Cookie } from 'tough-cookie'
import { hasControl } from './has-control.ts'

/** What a name and its value may have together, in bytes; RFC 6265bis, section 5.6. */
const longestPair = 4096

/** What the value of an attribute may have, in bytes; a longer one is as if it were not there. */
const longestAttribute = 1024

/** The last one that a `Date` can be. */
const lastMoment = 8.64e15

/**
 * A `Set-Cookie` header as RFC 6265bis reads it, section 5.6, in the way that browsers do it: undefined where it is none.
 * The name may be empty, as long as the value is not.
 */
export function parseCookie(header: string): Cookie | undefined {
  if (hasControl(header) || !isByteString(header)) return undefined
  const [pair = '', ...attributes] = header.split(';')
  const separator = pair.indexOf('=')
  const name = separator < 0 ? '' : trimmed(pair.slice(0, separator))
  const value = trimmed(pair.slice(separator + 1))
  if (name === '' && (value === '' || value.includes('='))) return undefined
  // A header is a string of bytes.
  if (name.length + value.length > longestPair) return undefined
  // The standard allows it; browsers do not.
  if (name.includes('\t') || value.includes('\t')) return undefined

  const short = attributes.filter((attribute) => attribute.replace(/^[^=]*=/, '').trim().length <= longestAttribute)
  const cookie = Cookie.parse(['name=value', ...short].join(';'))
  if (cookie === undefined) return undefined
  // Of several the last one counts, also where it is empty; one that is a dot is none.
  const domain = short
    .findLast((attribute) => /^\s*domain\s*(=|$)/i.test(attribute))
    ?.replace(/^[^=]*=?/, '')
    .trim()
  if (domain === '.') return undefined
  if (domain === '') cookie.domain = null
  cookie.key = name
  cookie.value = value
  expiresFrom(cookie, Date.now())
  return cookie
}

/** Without the white space at either end that there is in headers: `trim` takes bytes of text in UTF-8 for some. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}

/** Makes a point in time of an age, which tough-cookie would count from the last use: a cookie in use would never end. */
export function expiresFrom(cookie: Cookie, start: number): void {
  if (cookie.maxAge === null) return
  const age = Number(cookie.maxAge)
  cookie.expires = new Date(age > 0 ? Math.min(start + age * 1000, lastMoment) : 0)
  cookie.maxAge = null
}

function isByteString(text: string): boolean {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).every((code) => code <= 0xff)
}

/** Names that promise something, in any case; section 4.1.3 and, for the last two, the draft of 2025. */
const promises: readonly (readonly [prefix: string, kept: (cookie: Cookie) => boolean])[] = [
  ['__secure-', isSecure],
  ['__host-', isForHost],
  ['__http-', isForHttp],
  ['__host-http-', (cookie) => isForHost(cookie) && isForHttp(cookie)],
]

/** Whether a cookie keeps what its name promises, and does not ask for the impossible; section 5.7. */
export function isSound(cookie: Cookie): boolean {
  if (cookie.sameSite === 'none' && !cookie.secure) return false
  if (cookie.key === '') return !promises.some(([prefix]) => cookie.value.toLowerCase().startsWith(prefix))
  return promises.every(([prefix, kept]) => !cookie.key.toLowerCase().startsWith(prefix) || kept(cookie))
}

function isSecure({ secure }: Cookie): boolean {
  return secure
}

function isForHost({ secure, domain, path }: Cookie): boolean {
  return secure && domain === null && path === '/'
}

function isForHttp({ secure, httpOnly }: Cookie): boolean {
  return secure && httpOnly
}
