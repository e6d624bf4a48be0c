import { assertOptions, inWords } from '@steadfetch/core'
import { assertText, visible } from './assert-text.ts'
import { assertOrigins, type Origins } from './origins.ts'
import type { AuthScheme } from './scheme.ts'

/** Options of {@link apiKey}. */
export interface ApiKeyOptions {
  /** Of the header, or of the parameter of the query. */
  name: string
  /** The key. */
  value: string
  /** Where it is put. A URL is written to logs on its way: prefer the header where there is a choice. @default 'header' */
  in?: 'header' | 'query'
  /** Where it may go. @default the origin of the call that the scheme is given with; a layer and the query need it */
  origins?: Origins
}

/** What no key can go in: names that platforms refuse, overwrite or lose, and those that end at the next hop. */
const unusable = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authenticate', 'proxy-authorization'],
  ...['proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', '__proto__'],
])

/**
 * A key with every request, in a header or in the query. A 401 stands.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it, and never its value.
 */
export function apiKey(options: ApiKeyOptions): AuthScheme {
  assertOptions('apiKey', options, ['name', 'value', 'in', 'origins'])
  const { name, value, in: place = 'header', origins } = options
  assertOrigins('apiKey', origins)
  if (place === 'query') return inQuery(name, value, origins)
  if (place !== 'header') throw new TypeError(`apiKey: in must be 'header' or 'query', got ${inWords(place)}`)
  assertText('apiKey: name', name, /^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header')
  if (unusable.has(name.toLowerCase())) {
    throw new TypeError(`apiKey: name must be that of a header that can have a key, got ${inWords(name)}`)
  }
  assertText('apiKey: value', value, visible, 'a string of ASCII characters, without a space at either end')
  const authorization = { headers: { [name]: value } }
  return { name: 'apiKey', header: name, origins, authorize: () => authorization }
}

function inQuery(name: string, value: string, origins: Origins | undefined): AuthScheme {
  assertText('apiKey: name', name, /./s, 'the name of a parameter')
  assertText('apiKey: value', value, /./s, 'a string that is not empty')
  if (origins === undefined) {
    // A redirect may echo it: only what knows its origins can take it out of a URL that leads elsewhere.
    throw new TypeError("apiKey: a key in the query needs origins, as in origins: 'https://api.example.com'")
  }
  const pair = String(new URLSearchParams({ [name]: value }))
  return {
    name: 'apiKey',
    origins,
    authorize: ({ url }) => {
      if (url.searchParams.has(name)) return undefined
      const keyed = new URL(url)
      // As text: the rest of the query is to stay as the caller wrote it.
      keyed.search = url.search === '' ? pair : `${url.search}&${pair}`
      return { url: keyed }
    },
    withheld: (url) => {
      const parts = url.search.slice(1).split('&')
      const others = parts.filter((part) => new URLSearchParams(part).get(name) !== value)
      if (others.length === parts.length) return url
      const bare = new URL(url)
      bare.search = others.join('&')
      return bare
    },
  }
}
