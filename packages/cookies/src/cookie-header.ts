import { inWords } from '@steadfetch/core'
import { trimmed } from './parse-cookie.ts'

/** Cookies by name. */
export type CookieValues = Readonly<Record<string, string>>

const isName = (text: string): boolean => /^[!#-+\--:<>-~]+$/.test(text)
const isValue = (text: string): boolean => /^[ -:<-~]*$/.test(text)

/** @throws {TypeError} that names the cookie that cannot be sent, and never its value. */
export function assertCookieValues(values: unknown): asserts values is CookieValues {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new TypeError(`cookies: the cookies of a call must be an object of names and values, got ${inWords(values)}`)
  }
  for (const [key, own] of Object.entries(values)) {
    if (!isName(key)) throw new TypeError(`cookies: ${inWords(key)} is no name of a cookie`)
    if (typeof own !== 'string') throw new TypeError(`cookies: ${key} must be a string, got ${inWords(own)}`)
    if (!isValue(own))
      throw new TypeError(`cookies: ${key} has characters that no cookie may have: use encodeURIComponent`)
  }
}

/** Cookies as a `Cookie` header has them. */
export function headerOf(values: CookieValues): string {
  return Object.entries(values)
    .map(([key, own]) => `${key}=${own}`)
    .join('; ')
}

/** Two `Cookie` headers in one: of two cookies with the same name the second header's is left. */
export function mergedHeaders(first: string, second: string): string {
  const later = pairsOf(second)
  const names = new Set(later.map(nameOf))
  return [...pairsOf(first).filter((pair) => !names.has(nameOf(pair))), ...later].join('; ')
}

function pairsOf(header: string): string[] {
  return header
    .split(';')
    .map(trimmed)
    .filter((pair) => pair !== '')
}

function nameOf(pair: string): string {
  const separator = pair.indexOf('=')
  return separator < 0 ? '' : trimmed(pair.slice(0, separator))
}
