import { type Cookie, type ErrorCallback, MemoryCookieStore, pathMatch } from 'tough-cookie'

type Found = (error: Error | null, cookies?: Cookie[]) => void

/** A store in memory that keeps nothing of a domain or a path that it has no cookies of any more. */
export class MemoryStore extends MemoryCookieStore {
  /** A host without a dot has no domains above it. tough-cookie looks for some, and fails where its name is `test` or `local`. */
  override findCookies(domain: string, path: string, allowSpecialUseDomain?: boolean): Promise<Cookie[]>
  override findCookies(domain: string, path: string, allowSpecialUseDomain?: boolean, callback?: Found): void
  override findCookies(domain: string, path: string, allow?: boolean, callback: Found = () => {}): Promise<Cookie[]> {
    const found = domain.includes('.')
      ? super.findCookies(domain, path, allow)
      : Promise.resolve(this.#of(domain, path))
    void found.then((cookies) => callback(null, cookies))
    return found
  }

  override removeCookie(domain: string, path: string, key: string, callback: ErrorCallback = () => {}): Promise<void> {
    super.removeCookie(domain, path, key, callback)
    const ofDomain = this.idx[domain]
    if (ofDomain && isEmpty(ofDomain[path])) delete ofDomain[path]
    if (isEmpty(ofDomain)) delete this.idx[domain]
    return Promise.resolve()
  }

  #of(host: string, path: string): Cookie[] {
    const paths = Object.entries(this.idx[host] ?? {}).filter(([own]) => !path || pathMatch(path, own))
    return paths.flatMap(([, cookies]) => Object.values(cookies)).filter((cookie) => cookie !== undefined)
  }
}

function isEmpty(entries: object = {}): boolean {
  return Object.keys(entries).length === 0
}
