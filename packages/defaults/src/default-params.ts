import { inWords } from '@steadfetch/core'

/** A value of a parameter. A Date is sent as `toISOString()` has it; null and undefined are not sent. */
export type ParamValue = string | number | boolean | bigint | Date | null | undefined

/** Parameters of a query by name; those of a list are sent one by one, each with the name. */
export type Params = Readonly<Record<string, ParamValue | readonly ParamValue[]>>

/** By name, what is sent of it in a query, encoded: `tag=a&tag=b`; empty where nothing is. */
export type Query = ReadonlyMap<string, string>

/**
 * The query that parameters make, encoded as `URLSearchParams` does it: a blank is a plus.
 *
 * @throws {TypeError} that names the parameter. The message does not show its value, but for one that is no text.
 */
export function queryOfParams(params: unknown): Query {
  const query = new Map<string, string>()
  for (const [name, values] of paramsOf(params)) {
    const texts = values.flatMap((value) => textOf(name, value))
    query.set(name, texts.map((text) => new URLSearchParams([[name, text]]).toString()).join('&'))
  }
  return query
}

/** The query that a URL has, by name, as it is written there. */
export function queryOfUrl({ search }: URL): Query {
  const query = new Map<string, string>()
  for (const written of search.slice(1).split('&')) {
    const [[name] = []] = new URLSearchParams(written)
    if (name === undefined) continue
    const before = query.get(name)
    query.set(name, before === undefined ? written : `${before}&${written}`)
  }
  return query
}

/** A URL with the parameters that it has not got yet, before its fragment: what is there stays as it is written. */
export function withQuery(url: string, query: Query): string {
  if (query.size === 0) return url
  const [, before = '', own, fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? []
  const names = new URLSearchParams(own)
  const added = [...query].filter(([name, text]) => text !== '' && !names.has(name)).map(([, text]) => text)
  if (added.length === 0) return url
  const separator = own === undefined ? '?' : /[?&]$/.test(own) ? '' : '&'
  return before + (own ?? '') + separator + added.join('&') + fragment
}

function paramsOf(params: unknown): [name: string, values: readonly unknown[]][] {
  if (typeof params !== 'object' || params === null) refuse(params)
  if (isSearchParams(params)) return [...new Set(params.keys())].map((name) => [name, params.getAll(name)])
  if (Symbol.iterator in params) refuse(params)
  return Object.entries(params).map(([name, value]) => [name, Array.isArray(value) ? value : [value]])
}

function isSearchParams(params: object): params is URLSearchParams {
  return Object.prototype.toString.call(params) === '[object URLSearchParams]'
}

function textOf(name: string, value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return [String(value)]
  if (typeof value === 'number' && Number.isFinite(value)) return [String(value)]
  if (value instanceof Date && Number.isFinite(value.getTime())) return [value.toISOString()]
  const got = value instanceof Date ? 'a Date that is none' : inWords(value)
  const what = `defaults: params[${JSON.stringify(name)}]`
  throw new TypeError(`${what} must be a string, number, boolean, bigint, Date, null or a list of these, got ${got}`)
}

function refuse(params: unknown): never {
  throw new TypeError(
    `defaults: params must be an object of values by name or a URLSearchParams, got ${typeof params === 'string' ? 'a string' : inWords(params)}`,
  )
}
