import { assertOptions, assertWhole, inWords } from '@steadfetch/core'
import {
  defaultPath,
  domainMatch,
  pathMatch,
  type Store,
  type Cookie as ToughCookie,
  CookieJar as ToughJar,
} from 'tough-cookie'
import { Census, type Most, tooMany } from './census.ts'
import { answering, asked, assertStore } from './cookie-store.ts'
import { hasExpired } from './crowding.ts'
import { MemoryStore } from './memory-store.ts'
import { isSound, parseCookie } from './parse-cookie.ts'
import { savedCookies } from './saved-cookies.ts'
import { isAlone, mayReach } from './site.ts'

/** Options of {@link cookieJar}. */
export interface CookieJarOptions {
  /** Where the cookies are: any store for tough-cookie, one that can only return promises too. @default in memory */
  store?: Store
  /** How many cookies there are at most. @default 3000 */
  maxCookies?: number
  /** How many cookies of one site there are at most: a domain that somebody has registered, with those below. @default 180 */
  maxPerSite?: number
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
  assertOptions('cookieJar', options, ['store', 'maxCookies', 'maxPerSite'])
  const { store, maxCookies = 3000, maxPerSite = 180 } = options
  if (store !== undefined) assertStore('cookieJar: store', store)
  assertWhole('cookieJar: maxCookies', maxCookies, 1)
  assertWhole('cookieJar: maxPerSite', maxPerSite, 1)
  return new Jar(store ? answering(store) : new MemoryStore(), { inAll: maxCookies, perSite: maxPerSite })
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
  readonly #most: Most
  #census: Census | undefined

  constructor(store: Store, most: Most) {
    this.#store = store
    this.#most = most
    // What the prefixes of names promise, and what a host may reach, is looked at here.
    this.#tough = new ToughJar(store, {
      ...{ looseMode: true, prefixSecurity: 'unsafe-disabled', rejectPublicSuffixes: false },
    })
  }

  async get(url: string | URL): Promise<Cookie[]> {
    return (await this.#matching(url)).map(shown)
  }

  async header(url: string | URL): Promise<string> {
    return (await this.#matching(url)).map((cookie) => cookie.cookieString()).join('; ')
  }

  async set(setCookie: string, url: string | URL): Promise<boolean> {
    const target = targetOf(url)
    const { hostname } = target
    if (typeof setCookie !== 'string')
      throw new TypeError(`cookieJar: set needs a Set-Cookie header, got ${inWords(setCookie)}`)
    const cookie = parseCookie(setCookie)
    if (cookie === undefined || !isSound(cookie)) return false
    if (cookie.domain === hostname && isAlone(hostname)) cookie.domain = null
    if (cookie.domain !== null && !mayReach(hostname, cookie.domain)) return false
    if (await this.#overlaysSecure(cookie, target, new URL(url).pathname)) return false
    const kept = await this.#tough.setCookie(cookie, target, { ignoreError: true })
    if (kept === undefined) return false
    if (hasExpired(kept, Date.now())) await this.#remove([kept])
    else await this.#makeRoomFor(kept)
    return true
  }

  async clear(): Promise<void> {
    await this.#tough.removeAllCookies()
    this.#census = undefined
  }

  async save(): Promise<string> {
    return JSON.stringify(await this.#tough.serialize())
  }

  async load(saved: string): Promise<void> {
    const now = Date.now()
    const cookies = savedCookies(saved).filter((cookie) => !hasExpired(cookie, now))
    for (const cookie of cookies) await asked((done) => this.#store.putCookie(cookie, done))
    await this.#makeRoom()
  }

  #matching(url: string | URL): Promise<ToughCookie[]> {
    return this.#tough.getCookies(targetOf(url), { sort: true })
  }

  async #all(): Promise<ToughCookie[]> {
    return (await asked<ToughCookie[]>((done) => this.#store.getAllCookies(done))) ?? []
  }

  /** RFC 6265bis, section 5.7: a cookie from an insecure connection leaves alone those that are Secure. */
  async #overlaysSecure(cookie: ToughCookie, { hostname, protocol }: URL, pathname: string): Promise<boolean> {
    if (cookie.secure || protocol === 'https:') return false
    const domain = cookie.domain ?? hostname
    const path = cookie.path ?? defaultPath(pathname)
    const now = Date.now()
    return (await this.#all()).some((other) => {
      const isSame = other.secure && other.key === cookie.key && pathMatch(path, other.path ?? '/')
      return (
        isSame &&
        !hasExpired(other, now) &&
        (domainMatch(domain, other.domain ?? '') || domainMatch(other.domain ?? '', domain))
      )
    })
  }

  async #makeRoomFor(cookie: ToughCookie): Promise<void> {
    if (!this.#census || this.#census.crowdedBy(cookie)) await this.#makeRoom()
  }

  async #makeRoom(): Promise<void> {
    const all = await this.#all()
    const gone = new Set(tooMany(all, this.#most, Date.now()))
    await this.#remove(gone)
    this.#census = new Census(
      this.#most,
      all.filter((cookie) => !gone.has(cookie)),
    )
  }

  async #remove(cookies: Iterable<ToughCookie>): Promise<void> {
    for (const { domain, path, key } of cookies) {
      await asked((done) => this.#store.removeCookie(domain, path, key, done))
    }
  }
}

/** A URL as tough-cookie has to be given it: it decodes paths, which browsers do not, and knows no dot after a host. */
function targetOf(url: string | URL): URL {
  const target = URL.parse(url instanceof URL ? url.href : String(url))
  if (target === null) throw new TypeError(`cookieJar: a URL with its scheme is needed, got ${inWords(url)}`)
  target.hostname = target.hostname.replace(/\.$/, '')
  target.pathname = target.pathname.replaceAll('%', '%25')
  return target
}

function shown(cookie: ToughCookie): Cookie {
  const { key, value, domain, hostOnly, path, secure, httpOnly, sameSite } = cookie
  return {
    ...{ name: key, value, domain: domain ?? '', hostOnly: hostOnly === true, path: path ?? '/', secure, httpOnly },
    sameSite: (['strict', 'lax', 'none'] as const).find((known) => known === sameSite),
    expires: cookie.isPersistent() ? cookie.expiryDate() : undefined,
  }
}
