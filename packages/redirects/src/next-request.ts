import { type FetchInit, methodOf } from '@steadfetch/core'

/** Headers that say something of a body. */
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']

/** Headers that are for one origin only, whatever they are asked to be. */
export const ofOrigin: readonly string[] = ['authorization', 'proxy-authorization', 'cookie', 'host']

const referrerPolicies = new Set([
  ...['no-referrer', 'no-referrer-when-downgrade', 'origin', 'origin-when-cross-origin', 'same-origin'],
  ...['strict-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
])

/** The same request with the policy that a redirect asks for, where it does: the last one that is known. */
export function withReferrerPolicy<Init extends FetchInit>(init: Init, headers: Headers): Init {
  const named = (headers.get('referrer-policy') ?? '').toLowerCase().split(/[\s,]+/)
  const referrerPolicy = named.findLast((policy) => referrerPolicies.has(policy))
  return referrerPolicy === undefined ? init : { ...init, referrerPolicy }
}

/** Whether a redirect makes a GET without a body of the request: fetch standard, "HTTP-redirect fetch", step 12. */
export function becomesGet(status: number, init: FetchInit): boolean {
  const method = methodOf('', init)
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}

/** The same request without its body, as a GET. */
export function asGet<Init extends FetchInit>(init: Init): Init {
  const next = { ...init, method: 'GET', headers: without(init, ofBody) }
  for (const member of ['body', 'duplex']) Reflect.deleteProperty(next, member)
  return next
}

/** The same request without what must not leave the origin, which is what the standard says and what `strips` says. */
export function forAnotherOrigin<Init extends FetchInit>(init: Init, strips: (header: string) => boolean): Init {
  const headers = without(init, ofOrigin)
  for (const name of [...headers.keys()]) if (strips(name)) headers.delete(name)
  const next = { ...init, headers }
  // What a single call says to layers below. A scheme that says by itself where it may go is no matter of the redirect; of
  // any other, that of the layer must not take the place, which may be for more than this call was meant to do.
  const { auth, cookies } = next as { auth?: unknown; cookies?: unknown }
  if (cookies !== false) Reflect.deleteProperty(next, 'cookies')
  const isForOneOrigin = auth !== undefined && Reflect.get(Object(auth), 'origins') === undefined
  return isForOneOrigin ? { ...next, auth: false } : next
}

function without(init: FetchInit, names: readonly string[]): Headers {
  const headers = new Headers(init.headers)
  for (const name of names) headers.delete(name)
  return headers
}
