import type { Cookie } from 'tough-cookie'

/**
 * The cookies that have to go where there are more than `most`, so that `left` are left: what has expired first, then what
 * was not used for the longest time, and what is Secure last; RFC 6265bis, section 5.7.
 */
export function surplus(cookies: readonly Cookie[], most: number, left: number, now: number): Cookie[] {
  if (cookies.length <= most) return []
  const rank = (cookie: Cookie): number => {
    if (hasExpired(cookie, now)) return 0
    return cookie.secure ? 2 : 1
  }
  const byRank = (a: Cookie, b: Cookie): number => rank(a) - rank(b) || lastUse(a) - lastUse(b)
  return cookies.toSorted(byRank).slice(0, cookies.length - left)
}

/** Whether its time is over. */
export function hasExpired(cookie: Cookie, now: number): boolean {
  return Number(cookie.expiryTime() ?? Number.POSITIVE_INFINITY) <= now
}

function lastUse({ lastAccessed, creation }: Cookie): number {
  return Number(lastAccessed ?? creation ?? 0)
}
