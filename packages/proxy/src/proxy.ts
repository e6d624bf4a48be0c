import { assertOptions } from '@steadfetch/core'
import {
  assertPoolOptions,
  assertTls,
  type ConnectionLayer,
  Connections,
  connectionLayer,
  type PoolOptions,
  type TlsOptions,
} from '@steadfetch/pool'
import { ProxyError } from './proxy-error.ts'
import { Routes } from './routes.ts'
import { choiceOf, type Proxies } from './settings.ts'

export { ProxyError } from './proxy-error.ts'
export type { Proxies } from './settings.ts'

/** Options of {@link proxy}: those of a pool, for the servers behind the proxy, and the TLS to the proxy itself. */
export interface ProxyOptions extends PoolOptions {
  /** Whom to trust as an `https:` proxy, and who to be for it. */
  proxyTls?: TlsOptions
}

/**
 * Sends the calls of the fetch below through a proxy, on Node. Each redirect is looked at anew.
 *
 * It goes before any dispatcher that a layer further out, or the caller, has chosen, so nothing slips past it.
 *
 * @param through the URL of a proxy (`http:`, `https:`, `socks5:`), which may have credentials in it; one for each
 * scheme of the calls, with what goes directly; or `'env'` for `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 * @throws {TypeError | RangeError} at once, when something is not what it should be. The message names it, and no secret.
 * @returns a middleware whose fetch fails with a {@link ProxyError} when the proxy is what is wrong. It is also what to
 * close when its connections are not needed any more.
 */
export function proxy(through: string | URL | Proxies, options: ProxyOptions = {}): ConnectionLayer {
  assertOptions('proxy', options, Object.keys(Object(options)))
  const { proxyTls, ...poolOptions } = options
  assertPoolOptions('proxy', poolOptions)
  if (proxyTls !== undefined) assertTls('proxy: proxyTls', proxyTls)
  const choice = choiceOf(through)
  const connections = new Connections('proxy')
  const { http2 = false } = poolOptions
  return connectionLayer({
    name: 'proxy',
    connections,
    dispatcher: new Routes(choice, connections, poolOptions, proxyTls),
    http2,
    overrides: true,
    errorFor,
  })
}

/** In place of the `TypeError: fetch failed` that it is the cause of; one for each call, though they share a failure. */
function errorFor(error: unknown): unknown {
  // Nothing else that has such a cause: a caller's reason may, or what a hook below throws.
  const cause = error instanceof TypeError && error.message === 'fetch failed' ? error.cause : undefined
  if (!(cause instanceof ProxyError)) return error
  const { proxy, message, status } = cause
  return new ProxyError(proxy, message, { cause: cause.cause ?? error, ...(status === undefined ? {} : { status }) })
}
