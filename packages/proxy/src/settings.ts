import { assertList, assertOptions, inWords } from '@steadfetch/core'
import { NoProxy } from './no-proxy.ts'
import { type ProxyUrl, parseProxyUrl } from './proxy-url.ts'

/** Which proxy for which URL. */
export interface Proxies {
  /** For `http:` URLs. */
  http?: string | URL
  /** For `https:` URLs. */
  https?: string | URL
  /** What is asked for directly, as `NO_PROXY` has it: `'localhost, .internal.test, 10.0.0.0/8'`. */
  no?: string | readonly string[]
}

/** Which proxy a URL is to be asked for through; undefined for none. */
export type Choice = (url: URL) => ProxyUrl | undefined

/** @throws {TypeError} that names the setting, or the variable of the environment. */
export function choiceOf(through: string | URL | Proxies): Choice {
  if (through === 'env') return fromEnvironment(process.env)
  if (typeof through === 'string' || through instanceof URL) return constant(givenUrl('proxy: the URL', through))
  if (typeof through !== 'object' || through === null) {
    throw new TypeError(`proxy: give the URL of a proxy, { http, https, no } or 'env', got ${inWords(through)}`)
  }
  assertOptions('proxy', through, ['http', 'https', 'no'])
  const { http, https, no = [] } = through
  if (http === undefined && https === undefined) throw new TypeError('proxy: give http or https, or both')
  if (typeof no !== 'string') assertList('proxy: no', no, 'names and addresses', (entry) => typeof entry === 'string')
  return byScheme(
    http === undefined ? undefined : givenUrl('proxy: http', http),
    https === undefined ? undefined : givenUrl('proxy: https', https),
    new NoProxy('proxy: no', no),
  )
}

/** In an environment a name alone may be a proxy; in a program, "ENV" and "none" look like one. */
function givenUrl(what: string, value: string | URL): ProxyUrl {
  const proxy = parseProxyUrl(what, value)
  if (typeof value !== 'string' || /:\/\/|:\d+\/?$/.test(value)) return proxy
  const mend = proxy.address === 'env' ? "; is it proxy: 'env', for the environment's?" : ''
  throw new TypeError(
    `${what} must have a scheme or a port, as in "http://proxy.test:3128", got ${inWords(proxy.address)}${mend}`,
  )
}

/** As curl and requests read it: in lower case first, and `all_proxy` for what has none of its own. */
function fromEnvironment(env: NodeJS.ProcessEnv): Choice {
  const proxyIn = (...names: readonly string[]): ProxyUrl | undefined => {
    const name = names.find((name) => env[name]?.trim())
    return name === undefined ? undefined : parseProxyUrl(`proxy: ${name} of the environment`, env[name]?.trim())
  }
  // Whoever sends a request to a CGI program sets its HTTP_PROXY, by a header `Proxy`.
  const { REQUEST_METHOD, no_proxy, NO_PROXY } = env
  const http = REQUEST_METHOD === undefined ? ['http_proxy', 'HTTP_PROXY'] : ['http_proxy']
  const all = ['all_proxy', 'ALL_PROXY']
  return byScheme(
    proxyIn(...http, ...all),
    proxyIn('https_proxy', 'HTTPS_PROXY', ...all),
    new NoProxy('proxy: NO_PROXY of the environment', no_proxy ?? NO_PROXY ?? ''),
  )
}

function byScheme(http: ProxyUrl | undefined, https: ProxyUrl | undefined, no: NoProxy): Choice {
  return (url) => (no.matches(url) ? undefined : url.protocol === 'https:' ? https : http)
}

function constant(proxy: ProxyUrl): Choice {
  return () => proxy
}
