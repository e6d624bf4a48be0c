import { isIP } from 'node:net'
import { inWords } from '@steadfetch/core'

/** A proxy, as its URL describes it. */
export interface ProxyUrl {
  /** Without the credentials, as it may be shown. */
  readonly origin: string
  /** As a URL has it: an IPv6 address in brackets. */
  readonly address: string
  /** As a socket wants it. */
  readonly hostname: string
  /** What its certificate is for, where that is a name. */
  readonly servername: string | undefined
  readonly port: number
  readonly kind: 'http' | 'https' | 'socks'
  readonly credentials: { readonly username: string; readonly password: string } | undefined
}

const kinds: Record<string, ProxyUrl['kind']> = {
  'http:': 'http',
  'https:': 'https',
  'socks:': 'socks',
  'socks5:': 'socks',
  'socks5h:': 'socks',
}

const defaultPorts = { http: 80, https: 443, socks: 1080 }

/**
 * Reads the URL of a proxy; where it has no scheme, it is `http:`.
 *
 * @param what names it, as in `proxy: http`.
 * @throws {TypeError} that says what it must be and does not repeat any credentials.
 */
export function parseProxyUrl(what: string, value: unknown): ProxyUrl {
  const text = value instanceof URL ? value.href : value
  if (typeof text !== 'string') throw new TypeError(`${what} must be the URL of a proxy, got ${inWords(value)}`)
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  const kind = url ? kinds[url.protocol] : undefined
  if (url && kind === undefined) {
    throw new TypeError(`${what} must be a proxy of http, https or socks5, got one of ${url.protocol.slice(0, -1)}`)
  }
  const isBare = url !== null && /^\/?$/.test(url.pathname) && url.search === '' && url.hash === ''
  if (!url || kind === undefined || url.hostname === '' || !isBare || /:\/\/\//.test(text)) {
    const shown = inWords(text.slice(text.lastIndexOf('@') + 1))
    throw new TypeError(`${what} must be the URL of a proxy, such as "http://proxy.test:3128", got ${shown}`)
  }
  if (kind === 'socks' && (url.username === '') !== (url.password === '')) {
    throw new TypeError(`${what} must have both a user and a password, or none: SOCKS5 knows no other credentials`)
  }
  const address = url.hostname
  const hostname = address.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? defaultPorts[kind] : Number(url.port)
  const hasCredentials = url.username !== '' || url.password !== ''
  return {
    origin: `${url.protocol}//${address}:${port}`,
    address,
    hostname,
    servername: isIP(hostname) === 0 ? hostname : undefined,
    port,
    kind,
    credentials: hasCredentials
      ? { username: decoded(what, url.username), password: decoded(what, url.password) }
      : undefined,
  }
}

function decoded(what: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TypeError(`${what} has credentials that are not percent-encoded: write a "%" in them as "%25"`)
  }
}

/** The value of `Proxy-Authorization`, where the proxy's URL has credentials. */
export function authorizationOf({ credentials }: ProxyUrl): string | undefined {
  if (!credentials) return undefined
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`
}
