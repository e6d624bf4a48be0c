import { inWords } from '@steadfetch/core'
import { Cookie } from 'tough-cookie'
import { hasControl } from './has-control.ts'
import { expiresFrom, isSound, parseCookie } from './parse-cookie.ts'

/**
 * The cookies in the text of a saved jar, which is tough-cookie's own format.
 *
 * @throws {TypeError} that says what is wrong, and shows no cookie.
 */
export function savedCookies(saved: unknown): Cookie[] {
  if (typeof saved !== 'string') {
    throw new TypeError(`cookieJar: load needs the text that save() gave, got ${inWords(saved)}`)
  }
  const list: unknown = Reflect.get(Object(parsed(saved)), 'cookies')
  if (!Array.isArray(list)) throw new TypeError('cookieJar: load needs the text of a saved jar: it has no "cookies"')
  return list.map((entry: unknown, position) => {
    const cookie = cookieFrom(entry)
    if (cookie !== undefined) return cookie
    throw new TypeError(`cookieJar: load needs the text of a saved jar: number ${position + 1} of its cookies is none`)
  })
}

/** A cookie that could have been set as well; undefined for any other, which would be for nobody, or break every call. */
function cookieFrom(entry: unknown): Cookie | undefined {
  // What is empty is left out of the text.
  const { key = '', value = '', domain, path } = Object(entry) as Record<string, unknown>
  if (![key, value, domain, path].every((part) => typeof part === 'string')) return undefined
  const cookie = Cookie.fromJSON(entry)
  const read = parseCookie(`${key}=${value}`)
  if (!cookie || !read || read.key !== key || read.value !== value) return undefined
  // That of a URL may have what a `Path` of a header cannot have.
  const isPath = typeof path === 'string' && path.startsWith('/') && !hasControl(path)
  if (!isPath) return undefined
  const times = [cookie.expires, cookie.creation, cookie.lastAccessed].filter((time) => time instanceof Date)
  if (times.some((time) => Number.isNaN(time.getTime()))) return undefined
  const isAddress = String(domain).includes(':')
  const host = isAddress ? `[${domain}]` : domain
  if (URL.parse(`http://${host}`)?.hostname !== host) return undefined
  expiresFrom(cookie, Number(cookie.creation ?? 0))
  const asSet = cookie.clone()
  if (asSet?.hostOnly) asSet.domain = null
  return asSet && isSound(asSet) ? cookie : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The platform's error would quote from the text.
    throw new TypeError('cookieJar: load needs the text of a saved jar: it is no JSON')
  }
}
