import { inWords } from '@steadfetch/core'
import { Cookie } from 'tough-cookie'
import { expiresFrom } from './parse-cookie.ts'

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
    const cookie = Cookie.fromJSON(entry)
    // Without one of them it would be a cookie for nobody, or for anybody.
    const isWhole = [cookie?.key, cookie?.value, cookie?.domain, cookie?.path].every((part) => typeof part === 'string')
    if (cookie !== undefined && isWhole && cookie.domain !== '' && cookie.path?.startsWith('/')) {
      expiresFrom(cookie, Number(cookie.creation ?? 0))
      return cookie
    }
    throw new TypeError(`cookieJar: load needs the text of a saved jar: number ${position + 1} of its cookies is none`)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The platform's error would quote from the text.
    throw new TypeError('cookieJar: load needs the text of a saved jar: it is no JSON')
  }
}
