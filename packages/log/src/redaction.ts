import {
  assertList,
  assertOptions,
  type FetchInit,
  type FetchInput,
  headersOf,
  isSecretName,
  lettersOf,
  urlOf,
} from '@steadfetch/core'
import { maskSecrets, redacted, withoutUserinfo } from './mask-secrets.ts'

/** What is kept out of the output, beside what always is. */
export interface RedactOptions {
  /** Further names of headers, query parameters and members whose values are secret; case and separators do not count. */
  names?: readonly string[]
  /** What of any text is secret, for a token in a path. */
  patterns?: readonly RegExp[]
}

/** Shorter values say nothing, and may be anywhere. */
const shortest = 4

/** @throws {TypeError} that names what is wrong. */
export function assertRedact(layer: string, options: RedactOptions): void {
  assertOptions(`${layer}: redact`, options, ['names', 'patterns'])
  const { names = [], patterns = [] } = options
  assertList(`${layer}: redact.names`, names, 'names', (name) => typeof name === 'string' && lettersOf(name) !== '')
  const isPattern = (pattern: unknown): boolean => pattern instanceof RegExp
  assertList(`${layer}: redact.patterns`, patterns, 'regular expressions', isPattern)
}

/** Takes secrets out of what is going to be shown. */
export class Redaction {
  readonly #on: boolean
  readonly #names: ReadonlySet<string>
  readonly #patterns: readonly RegExp[]

  /** @param options `false` to take out nothing. */
  constructor(options: RedactOptions | false) {
    this.#on = options !== false
    const { names = [], patterns = [] } = options || {}
    this.#names = new Set(names.map(lettersOf))
    this.#patterns = patterns.map(({ source, flags }) => new RegExp(source, flags.includes('g') ? flags : `${flags}g`))
  }

  /** Whether what has this name is not to be shown. */
  hides(name: string): boolean {
    return this.#on && isSecretName(name, this.#names)
  }

  /** What a call is made to, as it may be shown; it may be no URL at all. */
  target(input: FetchInput): string {
    const url = urlOf(input)
    if (url) return this.url(url)
    const text = String(input)
    return this.#on && text.includes('@') ? redacted : this.text(text)
  }

  /** A URL without its fragment, which is never sent, its user and password, and the secrets in its query. */
  url(url: URL): string {
    const shown = new URL(url)
    shown.hash = ''
    if (!this.#on) return shown.href
    if (shown.protocol === 'data:') return `data:${redacted}`
    if (shown.username !== '' || shown.password !== '') {
      shown.username = redacted
      shown.password = ''
    }
    shown.search = shown.search.replace(/([?&;][^=&;]*=)([^&;]*)/g, (_, name: string, value: string) => {
      return name + this.#parameter(decoded(name.slice(1, -1)), value)
    })
    // A gateway may have a URL of its own there.
    shown.pathname = withoutUserinfo(shown.pathname).replace(
      /;([^=/;]*)=([^/;]*)/g,
      (_, name: string, value: string) => {
        return `;${name}=${this.#parameter(decoded(name), value)}`
      },
    )
    return this.#withoutPatterns(shown.href)
  }

  /** The value of a header. */
  header(name: string, value: string): string {
    return this.hides(name) ? redacted : this.text(value)
  }

  /** All of some headers. */
  headers(headers: Headers): Record<string, string> {
    return Object.fromEntries([...headers].map(([name, value]) => [name, this.header(name, value)]))
  }

  /** Any text, such as the message of an error, without what looks like a secret and without these that are known. */
  text(text: string, secrets: readonly string[] = []): string {
    if (!this.#on) return text
    let shown = text
    for (const secret of secrets) shown = shown.replaceAll(secret, redacted)
    shown = maskSecrets(shown, (name) => this.hides(name))
    return this.#withoutPatterns(shown)
  }

  /** What of a call is secret, wherever else it may turn up; the longest first. */
  secretsOf(input: FetchInput, init: FetchInit | undefined): string[] {
    if (!this.#on) return []
    const values: string[] = []
    const url = urlOf(input)
    if (url) {
      values.push(url.username, url.password, `${url.username}:${url.password}`)
      for (const [name, value] of url.searchParams) if (this.hides(name)) values.push(value)
    } else values.push(String(input))
    for (const [name, value] of pairsOf(input, init)) if (this.hides(name)) values.push(...partsOf(value))
    const spelled = values.flatMap((value) => [value, encodeURIComponent(value.toWellFormed()), decoded(value)])
    return [...new Set(spelled)].filter(({ length }) => length >= shortest).sort((a, b) => b.length - a.length)
  }

  /** The value of a parameter; a URL in it may have secrets of its own. */
  #parameter(name: string, value: string): string {
    if (this.hides(name)) return value === '' ? '' : redacted
    const plain = decoded(value)
    const shown = this.text(plain)
    return shown === plain ? value : encodeURIComponent(shown)
  }

  #withoutPatterns(text: string): string {
    return this.#patterns.reduce((shown, pattern) => shown.replace(pattern, redacted), text)
  }
}

/** The parts of a header that may turn up alone: `Bearer x`, `a=x; b=y`, and the user and password of `Basic x`. */
function partsOf(value: string): string[] {
  const ofPairs = value.split(/[;,]\s*/).map((pair) => pair.replace(/^[^=]*=/, ''))
  const parts = [value, ...value.split(/[\s;,]+/), ...ofPairs, ...ofPairs.map((part) => part.replace(/^"|"$/g, ''))]
  const basic = /^basic\s+(.+)$/i.exec(value)?.[1]
  return basic === undefined ? parts : [...parts, ...decodedBasic(basic)]
}

function decodedBasic(value: string): string[] {
  try {
    const plain = atob(value)
    return [plain, plain.replace(/^[^:]*:/, '')]
  } catch {
    return []
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

/** The headers of a call, those too that the platform is going to refuse, quoting them. */
function pairsOf(input: FetchInput, init: FetchInit | undefined): [name: string, value: string][] {
  try {
    return [...headersOf(input, init)]
  } catch {
    const headers: unknown = init?.headers
    const pairs: unknown[] = isIterable(headers) ? [...headers] : Object.entries(headers ?? {})
    return pairs.flatMap((pair) => {
      const [name, value] = isIterable(pair) ? [...pair] : []
      return [[String(name), String(value)]]
    })
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
