import {
  assertFunction,
  assertOptions,
  type FetchInput,
  fetchAt,
  inWords,
  type Middleware,
  urlTextOf,
  withInit,
  withoutOption,
} from '@steadfetch/core'
import { baseUrlOf, isBelow, isHttp, isRelative, urlBelow } from './base-url.ts'
import { type HeaderRecord, type HeaderValues, headerValuesOf, withHeaders } from './default-headers.ts'
import { type Params, type Query, queryOfParams, queryOfUrl, withQuery } from './default-params.ts'

export type { HeaderRecord } from './default-headers.ts'
export type { Params, ParamValue } from './default-params.ts'

/** Options of {@link defaults}. What a call has itself goes before all of them. */
export interface DefaultsOptions {
  /**
   * What relative URLs are below: an absolute http(s) URL. With it, headers and params go to URLs below it only; its own
   * query goes along with the params. @default none
   */
  baseUrl?: string | URL
  /** Headers by name; null or undefined is for none. @default none */
  headers?: HeaderRecord | Headers | readonly (readonly [name: string, value: string])[]
  /** Parameters of the query by name: a list is repeated, null or undefined is for none. @default none */
  params?: Params | URLSearchParams
}

/**
 * Completes every call: a base URL before a relative one, headers and query parameters that it has not got itself.
 *
 * A per-call `{ defaults: { headers: { accept: null } } }` changes the headers and parameters that it names, for the
 * outermost defaults of a stack; `{ defaults: false }` turns these off.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it.
 * @returns a middleware whose fetch rejects with a `TypeError`, and sends nothing, when a relative URL leads out of the
 * base URL.
 */
export function defaults(options: DefaultsOptions = {}): Middleware<{ defaults?: DefaultsOptions | false }> {
  const ofLayer = settingsOf(options)
  const completeOfLayer = completed(ofLayer)
  return (fetch) => {
    assertFunction('defaults: fetch', fetch)
    return async function defaults(input, init) {
      const perCall = init?.defaults
      const rest = withoutOption('defaults', init)
      if (perCall === false) return fetch(input, rest)
      const settings = perCall === undefined ? completeOfLayer : completed(changed(ofLayer, settingsOf(perCall)))
      const given = urlFor(input, settings.base)
      if (given === undefined) return fetch(input, rest)

      const url = withQuery(given.url, settings.params)
      const headers = withHeaders(input, rest, settings.headers)
      const complete = headers === undefined ? rest : withInit(rest, { headers })
      // Awaited, so that stack traces show this layer.
      if (url === given.url && !given.isMade) return await fetch(input, complete)
      return await fetchAt('defaults', fetch, url, input, complete)
    }
  }
}

interface Settings {
  readonly base: URL | undefined
  readonly headers: HeaderValues
  readonly params: Query
}

function settingsOf(options: DefaultsOptions): Settings {
  assertOptions('defaults', options, ['baseUrl', 'headers', 'params'])
  const { baseUrl, headers = {}, params = {} } = options
  const base = baseUrl === undefined ? undefined : baseUrlOf(baseUrl)
  return { base, headers: headerValuesOf(headers), params: queryOfParams(params) }
}

/** With the parameters that the base URL has, which those of the options go before. */
function completed({ base, headers, params }: Settings): Settings {
  return { base, headers, params: base ? new Map([...queryOfUrl(base), ...params]) : params }
}

function changed(layer: Settings, perCall: Settings): Settings {
  return {
    base: perCall.base ?? layer.base,
    headers: new Map([...layer.headers, ...perCall.headers]),
    params: new Map([...layer.params, ...perCall.params]),
  }
}

/** What a call is made to; undefined where it is none of ours: another origin than the base's, or not HTTP. */
function urlFor(input: FetchInput, base: URL | undefined): { url: string; isMade: boolean } | undefined {
  const text = urlTextOf(input)
  if (!isRelative(text)) {
    const url = URL.parse(text)
    const isOurs = url !== null && isHttp(url) && (base === undefined || isBelow(base, url))
    return isOurs ? { url: url.href, isMade: false } : undefined
  }
  // It is for the fetch below to know what it is relative to, as a browser's does.
  if (base === undefined) return { url: text.trim(), isMade: false }
  if (typeof input !== 'string' && (typeof input !== 'object' || input === null)) {
    throw new TypeError(`fetch: the URL must be a string, a URL or a Request, got ${inWords(input)}`)
  }
  return { url: urlBelow(base, text).href, isMade: true }
}
