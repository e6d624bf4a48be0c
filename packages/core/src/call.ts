import { inWords } from './assert.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

/**
 * `init` as a layer takes it: without the layer's own per-call option, so that neither an inner layer of the same name
 * nor the platform sees it, and with headers that may be read more than once. The caller's `init` stays as it is.
 *
 * @throws {TypeError} when `init` is no object.
 */
export function withoutOption<Init extends FetchInit>(name: string, init: Init | undefined): Init | undefined {
  if (init === undefined || init === null) return init
  if (typeof init !== 'object') throw new TypeError(`fetch: init must be an object, got ${inWords(init)}`)
  const reusable = withReusableHeaders(init)
  if (!(name in reusable)) return reusable
  const rest = { ...memberwise(reusable) }
  Reflect.deleteProperty(rest, name)
  return rest
}

/** A copy of `init` with some members replaced. */
export function withInit<Init extends FetchInit>(init: Init | undefined, changes: FetchInit): Init {
  return { ...(init && memberwise(init)), ...changes } as Init
}

/**
 * The signal that governs a call: `init.signal` (null for none) before the signal of a `Request`.
 *
 * @throws {TypeError} where it is no signal: what a layer does with it would fail in words of our own insides.
 */
export function signalOf(input: FetchInput, init: FetchInit | undefined): AbortSignal | undefined {
  const signal = init?.signal === undefined && isRequest(input) ? input.signal : (init?.signal ?? undefined)
  if (signal !== undefined && typeof signal.addEventListener !== 'function') {
    const mend = 'signal' in Object(signal) ? ' that has one: give its signal' : ''
    throw new TypeError(`fetch: init.signal must be an AbortSignal, got ${inWords(signal)}${mend}`)
  }
  return signal
}

/** The method of a call in upper case, as the server takes it. */
export function methodOf(input: FetchInput, init: FetchInit | undefined): string {
  return String(init?.method ?? (isRequest(input) ? input.method : 'GET')).toUpperCase()
}

/** The headers of a call, as a copy: `init.headers` replaces those of a `Request`. */
export function headersOf(input: FetchInput, init: FetchInit | undefined): Headers {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined))
}

/** The platform takes an iterator of pairs for headers, which is empty once it has been read. */
function withReusableHeaders<Init extends FetchInit>(init: Init): Init {
  const headers: unknown = init.headers
  const isIterator = typeof headers === 'object' && headers !== null && 'next' in headers && Symbol.iterator in headers
  return isIterator ? withInit(init, { headers: headersOf('', init) }) : init
}

/** What a `Request` is made of, beside its body. */
const membersOfRequest = [
  ...['method', 'headers', 'signal', 'mode', 'credentials', 'cache', 'redirect'],
  ...['referrer', 'referrerPolicy', 'integrity', 'keepalive'],
]

/**
 * The `init` with which the same call can be made to another URL: it has what a `Request` brings along, but for its
 * body, and headers that can be read more than once.
 */
export function initOf<Init extends FetchInit>(input: FetchInput, init: Init | undefined): Init {
  const call = {}
  if (isRequest(input)) for (const member of membersOfRequest) Reflect.set(call, member, Reflect.get(input, member))
  const given = init ? memberwise(init) : {}
  for (const member of Reflect.ownKeys(given)) {
    const value: unknown = Reflect.get(given, member)
    if (value !== undefined) Reflect.set(call, member, value)
  }
  return { ...call, headers: headersOf(input, init) } as Init
}

/** The URL of a call, as it was given. */
export function urlTextOf(input: FetchInput): string {
  return isRequest(input) ? input.url : String(input)
}

/** The URL of a call, or undefined where it is none; the platform's fetch will say so better than we could. */
export function urlOf(input: FetchInput): URL | undefined {
  const { location } = globalThis as { location?: { href: string } }
  return URL.parse(urlTextOf(input), location?.href) ?? undefined
}

/** Whether the input is a `Request`, of this realm or of another one such as npm undici's. */
export function isRequest(input: FetchInput): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'method' in input && 'headers' in input
}

/** The members of an `init` that may be a class instance, a `Request` for one, whose members a spread would lose. */
function memberwise<Init extends object>(init: Init): Init {
  const prototype = Object.getPrototypeOf(init)
  if (prototype === Object.prototype || prototype === null) return init
  const copy = {}
  for (let level: object | null = init; level !== null; level = Object.getPrototypeOf(level)) {
    for (const member of Object.getOwnPropertyNames(level)) {
      if (!(member in copy)) Reflect.set(copy, member, Reflect.get(init, member))
    }
  }
  return copy as Init
}

/** The options of a layer, with those that one call names in their place. One that is undefined names nothing. */
export function withPerCall<Options extends object>(layer: Options, perCall: Options | undefined): Options {
  const named = Object.entries(perCall ?? {}).filter(([, value]) => value !== undefined)
  return { ...layer, ...Object.fromEntries(named) }
}
