import { assertOptions, assertWhole, inWords } from '@steadfetch/core'
import {
  defaultPath,
  domainMatch,
  getPublicSuffix,
  pathMatch,
  type Store,
  type Cookie as ToughCookie,
  CookieJar as ToughJar,
} from 'tough-cookie'
import { answering, asked, assertStore } from './cookie-store.ts'
import { hasExpired, surplus } from './crowding.ts'
import { MemoryStore } from './memory-store.ts'
import { isSound, parseCookie } from './parse-cookie.ts'
import { savedCookies } from './saved-cookies.ts'

/** Options of {@link cookieJar}. */
export interface CookieJarOptions {
  /** Where the cookies are: any store for tough-cookie, one that can only return promises too. @default in memory */
  store?: Store
  /** How many cookies there are at most. @default 3000 */
  maxCookies?: number
  /** How many cookies of one domain there are at most. @default 180 */
  maxPerDomain?: number
}

/** A cookie in a jar. */
export interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is for this very host, and not for those below it. */
  readonly hostOnly: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: 'strict' | 'lax' | 'none' | undefined
  /** Undefined for a cookie of the session. */
  readonly expires: Date | undefined
}

/** Cookies, and where they may go. */
export interface CookieJar {
  /** The cookies that a request to this URL is sent with, the one with the longest path first. */
  get(url: string | URL): Promise<Cookie[]>
  /** The same as a `Cookie` header; empty where there are none. */
  header(url: string | URL): Promise<string>
  /** Takes a `Set-Cookie` header as if this URL had answered with it; false where it may not be set. */
  set(setCookie: string, url: string | URL): Promise<boolean>
  /** Forgets every cookie. */
  clear(): Promise<void>
  /** All cookies as text, those of the session too: it is as secret as they are. */
  save(): Promise<string>
  /**
   * Adds the cookies of a text from {@link save}, those that have not expired.
   *
   * @throws {TypeError} when it is none; no cookie has been added then.
   */
  load(saved: string): Promise<void>
}

/**
 * A jar for cookies, to be shared between fetches, looked into, saved and loaded.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function cookieJar(options: CookieJarOptions = {}): CookieJar {
  assertOptions('cookieJar', options, ['store', 'maxCookies', 'maxPerDomain'])
  const { store, maxCookies = 3000, maxPerDomain = 180 } = options
  if (store !== undefined) assertStore('cookieJar: store', store)
  assertWhole('cookieJar: maxCookies', maxCookies, 1)
  assertWhole('cookieJar: maxPerDomain', maxPerDomain, 1)
  return new Jar(store ? answering(store) : new MemoryStore(), maxCookies, maxPerDomain)
}

/** @throws {TypeError} when `jar` is none. */
export function assertJar(what: string, jar: unknown): asserts jar is CookieJar {
  const missing = ['header', 'set'].some((method) => typeof Reflect.get(Object(jar), method) !== 'function')
  if (!missing) return
  const isTough = typeof Reflect.get(Object(jar), 'getCookieString') === 'function'
  throw new TypeError(
    `${what} must be a cookieJar(), got ${inWords(jar)}${isTough ? ': use cookieJar({ store: jar.store })' : ''}`,
  )
}

class Jar implements CookieJar {
  readonly #store: Store
  readonly #tough: ToughJar
  readonly #maxCookies: number
  readonly #maxPerDomain: number
  /** How many there are at most; it is counted when that is too many. */
  #atMost = Number.POSITIVE_INFINITY

  constructor(store: Store, maxCookies: number, maxPerDomain: number) {
    this.#store = store
    this.#maxCookies = maxCookies
    this.#maxPerDomain = maxPerDomain
    // What the prefixes of names promise is looked at here, in any case of letters.
    this.#tough = new ToughJar(store, { looseMode: true, prefixSecurity: 'unsafe-disabled' })
  }

  async get(url: string | URL): Promise<Cookie[]> {
    return (await this.#matching(url)).map(shown)
  }

  async header(url: string | URL): Promise<string> {
    return (await this.#matching(url)).map((cookie) => cookie.cookieString()).join('; ')
  }

  async set(setCookie: string, url: string | URL): Promise<boolean> {
    const target = new URL(url)
    const cookie = parseCookie(setCookie)
    if (cookie === undefined || !isSound(cookie)) return false
    withoutOwnSuffix(cookie, target)
    if (await this.#overlaysSecure(cookie, target)) return false
    const kept = await this.#tough.setCookie(cookie, target, { ignoreError: true })
    if (kept === undefined) return false
    if (hasExpired(kept, Date.now())) await this.#remove([kept])
    else await this.#makeRoom(kept)
    return true
  }

  async clear(): Promise<void> {
    await this.#tough.removeAllCookies()
    this.#atMost = 0
  }

  async save(): Promise<string> {
    return JSON.stringify(await this.#tough.serialize())
  }

  async load(saved: string): Promise<void> {
    const now = Date.now()
    const cookies = savedCookies(saved).filter((cookie) => !hasExpired(cookie, now))
    for (const cookie of cookies) await asked((done) => this.#store.putCookie(cookie, done))
    this.#atMost = Number.POSITIVE_INFINITY
  }

  #matching(url: string | URL): Promise<ToughCookie[]> {
    return this.#tough.getCookies(new URL(url), { sort: true })
  }

  /** RFC 6265bis, section 5.7: a cookie from an insecure connection leaves alone those that are Secure. */
  async #overlaysSecure(cookie: ToughCookie, { hostname, pathname, protocol }: URL): Promise<boolean> {
    if (cookie.secure || protocol === 'https:') return false
    const domain = cookie.cdomain() ?? hostname
    const path = cookie.path ?? defaultPath(pathname)
    const all = (await asked<ToughCookie[]>((done) => this.#store.getAllCookies(done))) ?? []
    return all.some((other) => {
      const isSame = other.secure && other.key === cookie.key && pathMatch(path, other.path ?? '/')
      return isSame && (domainMatch(domain, other.domain ?? '') || domainMatch(other.domain ?? '', domain))
    })
  }

  async #makeRoom({ domain }: ToughCookie): Promise<void> {
    const now = Date.now()
    const ofDomains = (await asked<ToughCookie[]>((done) => this.#store.findCookies(domain, null, true, done))) ?? []
    const ofDomain = ofDomains.filter((cookie) => cookie.domain === domain)
    await this.#remove(surplus(ofDomain, this.#maxPerDomain, this.#maxPerDomain, now))
    this.#atMost += 1
    if (this.#atMost <= this.#maxCookies) return
    const all = (await asked<ToughCookie[]>((done) => this.#store.getAllCookies(done))) ?? []
    // A tenth more than has to, so that they need not be counted again soon.
    const gone = surplus(all, this.#maxCookies, Math.ceil(this.#maxCookies * 0.9), now)
    this.#atMost = all.length - gone.length
    await this.#remove(gone)
  }

  async #remove(cookies: readonly ToughCookie[]): Promise<void> {
    for (const { domain, path, key } of cookies) {
      await asked((done) => this.#store.removeCookie(domain, path, key, done))
    }
  }
}

function shown(cookie: ToughCookie): Cookie {
  const { key, value, domain, hostOnly, path, secure, httpOnly, sameSite } = cookie
  return {
    ...{ name: key, value, domain: domain ?? '', hostOnly: hostOnly === true, path: path ?? '/', secure, httpOnly },
    sameSite: (['strict', 'lax', 'none'] as const).find((known) => known === sameSite),
    expires: cookie.isPersistent() ? cookie.expiryDate() : undefined,
  }
}

/** A cookie for a public suffix may be set by that very host, for itself; section 5.7, step 8. */
function withoutOwnSuffix(cookie: ToughCookie, { hostname }: URL): void {
  const domain = cookie.cdomain()
  if (domain !== undefined && domain === hostname && getPublicSuffix(domain, { ignoreError: true }) === undefined) {
    cookie.domain = null
  }
}
