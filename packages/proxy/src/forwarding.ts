import type { Dispatches } from '@steadfetch/pool'
import type { Dispatcher } from 'undici'
import { refusal } from './proxy-error.ts'
import { authorizationOf, type ProxyUrl } from './proxy-url.ts'

/** What a fetch calls to have a request sent. */
export type Dispatch = (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => boolean

/** Asks a proxy for `http:` URLs, in plain words: it sees the whole of the request. */
export function forwarding(proxy: ProxyUrl, dispatcher: Dispatches): Dispatch {
  const authorization = authorizationOf(proxy)
  const credentials = authorization === undefined ? {} : { 'proxy-authorization': authorization }
  return (options, handler) => {
    const target = new URL(String(options.origin))
    const request = {
      ...options,
      origin: proxy.origin,
      path: `${target.origin}${options.path}`,
      headers: { host: target.host, ...options.headers, ...credentials },
      // Always the same: undici takes another connection where the name of the server is another.
      servername: proxy.hostname,
    }
    return dispatcher.dispatch(request, refusing407(handler, proxy))
  }
}

/** A 407 is no answer of the server's. */
function refusing407(handler: Dispatcher.DispatchHandler, proxy: ProxyUrl): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (...started) => handler.onRequestStart?.(...started),
    onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
    onResponseStarted: () => handler.onResponseStarted?.(),
    onResponseStart: (controller, status, ...rest) => {
      if (status === 407) throw refusal(proxy, status)
      handler.onResponseStart?.(controller, status, ...rest)
    },
    onResponseData: (...data) => handler.onResponseData?.(...data),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...failure) => handler.onResponseError?.(...failure),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  }
}
