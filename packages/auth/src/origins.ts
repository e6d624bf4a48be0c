import { inWords } from '@steadfetch/core'

/**
 * Where credentials may go: an origin such as `https://api.example.com`, some of them, or a function that says. The
 * function is asked of `http:` URLs too, which send credentials for anyone to read.
 */
export type Origins = string | readonly string[] | ((url: URL) => boolean)

/** Whether credentials may go to a URL. */
export type Destination = (url: URL) => boolean

/** @throws {TypeError} when these are no origins; `what` names the option. */
export function destinationOf(what: string, origins: Origins): Destination {
  if (typeof origins === 'function') return (url) => isWeb(url) && answerOf(what, origins(new URL(url)))
  const list: unknown = typeof origins === 'string' ? [origins] : origins
  if (!Array.isArray(list) || list.length === 0) {
    throw new TypeError(
      `${what} must be an origin, a list of origins or a function of the URL, got ${inWords(origins)}`,
    )
  }
  const allowed = new Set(list.map((origin) => namedOrigin(what, origin)))
  return (url) => isWeb(url) && allowed.has(url.origin)
}

/** The origin of a URL, and nothing else; none at all where it is not one of the web. */
export function originOf({ origin }: URL): Destination {
  return (url) => isWeb(url) && url.origin === origin
}

/** @throws {TypeError} when `origins` is given and is none; `scheme` names the factory. */
export function assertOrigins(scheme: string, origins: Origins | undefined): void {
  if (origins !== undefined) destinationOf(`${scheme}: origins`, origins)
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:'
}

function namedOrigin(what: string, text: unknown): string {
  const url = typeof text === 'string' ? URL.parse(text) : null
  if (url === null || !isWeb(url) || url.href !== `${url.origin}/`) {
    const isSecret = typeof text === 'string' && /[@?#%]/.test(text)
    const got = isSecret ? 'one with a user, a password, a query or a fragment' : inWords(text)
    throw new TypeError(`${what} must be origins such as 'https://api.example.com', got ${got}`)
  }
  if (url.host.includes('*')) {
    throw new TypeError(`${what}: there are no patterns such as ${inWords(text)}; a function of the URL can tell`)
  }
  return url.origin
}

function answerOf(what: string, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw new TypeError(`${what} must return true or false, got ${kindOf(answer)}`)
}

/** Without the text of a string: it may be the URL, and that may have a secret in it. */
function kindOf(answer: unknown): string {
  if (typeof answer === 'string') return 'a string'
  return typeof answer === 'object' && answer !== null && 'then' in answer ? 'a promise' : inWords(answer)
}
