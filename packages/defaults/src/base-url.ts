import { inWords } from '@steadfetch/core'

/**
 * A base URL as it was given, checked, and as an object of our own.
 *
 * @throws {TypeError} when it is none. The message does not show a URL, which may have a password in it.
 */
export function baseUrlOf(given: unknown): URL {
  const isUrl = typeof given === 'string' || (typeof given === 'object' && given !== null && 'href' in given)
  const url = isUrl ? URL.parse(String(given)) : null
  if (url === null) refuse(typeof given === 'string' && given !== '' ? 'a string that is none' : inWords(given))
  if (!isHttp(url)) refuse(`a ${url.protocol} URL`)
  if (url.username !== '' || url.password !== '') refuse('one with a user or a password, which fetch refuses')
  if (url.hash !== '') refuse('one with a fragment, which is never sent')
  return url
}

/** Whether a URL is one that has headers and a query. */
export function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

/** Whether a text is to be read below a base URL: it has no scheme. */
export function isRelative(text: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:/i.test(asParsed(text))
}

/**
 * The URL of a relative one: its path is appended to the base's, with or without a slash before it, and its query and
 * fragment are its own. (Other than by RFC 3986, section 5.2, which has `/users` begin at the root.)
 *
 * @throws {TypeError} when it leads out of the base's path, or may be meant for another host.
 */
export function urlBelow(base: URL, relative: string): URL {
  const text = asParsed(relative)
  if (/^[/\\]{2}/.test(text)) {
    throw new TypeError('fetch: a URL that begins with // may be a host or a path: write https:// or .// before it')
  }
  // What is put together begins with the base's own origin and a slash: no text after that names another host.
  const url = URL.parse(base.origin + pathBelow(base.pathname, text))
  if (url === null || !isBelow(base, url)) {
    throw new TypeError(`fetch: the URL leads out of baseUrl, whose path is ${base.pathname}`)
  }
  return url
}

/** Whether a URL has the base's origin, and its path or one below that. */
export function isBelow(base: URL, url: URL): boolean {
  const root = withoutSlash(base.pathname)
  return url.origin === base.origin && (url.pathname === root || url.pathname.startsWith(`${root}/`))
}

function pathBelow(root: string, text: string): string {
  // A query or a fragment alone is the base's own path with that.
  return /^[?#]|^$/.test(text) ? root + text : `${withoutSlash(root)}/${text.replace(/^[/\\]/, '')}`
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

/** What the platform's parser looks at (URL standard, "basic URL parser", steps 1 to 3). */
function asParsed(text: string): string {
  return text.trim().replace(/[\t\n\r]/g, '')
}

function refuse(got: string): never {
  throw new TypeError(`defaults: baseUrl must be an absolute http: or https: URL, got ${got}`)
}
