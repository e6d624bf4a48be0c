import { type ErrorCallback, MemoryCookieStore } from 'tough-cookie'

/** A store in memory that keeps nothing of a domain or a path that it has no cookies of any more. */
export class MemoryStore extends MemoryCookieStore {
  override removeCookie(domain: string, path: string, key: string, callback: ErrorCallback = () => {}): Promise<void> {
    super.removeCookie(domain, path, key, callback)
    const ofDomain = this.idx[domain]
    if (ofDomain && isEmpty(ofDomain[path])) delete ofDomain[path]
    if (isEmpty(ofDomain)) delete this.idx[domain]
    return Promise.resolve()
  }
}

function isEmpty(entries: object = {}): boolean {
  return Object.keys(entries).length === 0
}
