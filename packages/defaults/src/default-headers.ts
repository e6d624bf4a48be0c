import { type FetchInit, type FetchInput, headersOf, inWords } from '@steadfetch/core'

/** Headers by name; one that is null or undefined is not sent. */
export type HeaderRecord = Readonly<Record<string, string | null | undefined>>

/** What is sent by default of a header, by its name in lower case; null where it is not. */
export type HeaderValues = ReadonlyMap<string, string | null>

/** What a platform sets itself, refuses to send, or loses. */
const unusable = new Set(['content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade', '__proto__'])

/**
 * Headers as they were given, checked and copied. Those of the same name, whatever its case, are sent as one.
 *
 * @throws {TypeError} that names the header. The message never shows its value.
 */
export function headerValuesOf(headers: unknown): HeaderValues {
  const values = new Map<string, string | null>()
  for (const [name, value] of pairsOf(headers)) {
    if (!isAllowed(name, '')) throw new TypeError(`defaults: headers has ${inWords(name)}, which is no header's name`)
    const key = String(name).toLowerCase()
    if (unusable.has(key)) throw new TypeError(`defaults: headers has ${inWords(name)}, which no call can be sent with`)
    const before = values.get(key)
    const text = value === null || value === undefined ? null : textOf(name, value)
    values.set(key, text !== null && typeof before === 'string' ? `${before}, ${text}` : text)
  }
  return values
}

/** The headers of a call with those that it has not got itself; undefined where there are none by default. */
export function withHeaders(input: FetchInput, init: FetchInit | undefined, values: HeaderValues): Headers | undefined {
  const added = [...values].filter((pair): pair is [string, string] => pair[1] !== null)
  if (added.length === 0) return undefined
  // A copy in any case: headers that can be read only once have been read by now.
  const headers = headersOf(input, init)
  for (const [name, value] of added) {
    const isOfBody = name === 'content-type' && bringsType(init?.body)
    if (!isOfBody && !headers.has(name)) headers.set(name, value)
  }
  return headers
}

function pairsOf(headers: unknown): [name: unknown, value: unknown][] {
  const what = 'defaults: headers must be an object of values by name, a Headers or a list of pairs'
  if (typeof headers !== 'object' || headers === null)
    throw new TypeError(`${what}, got ${typeof headers === 'string' ? 'a string' : inWords(headers)}`)
  if (!(Symbol.iterator in headers)) return Object.entries(headers)
  return Array.from(headers as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]]
    throw new TypeError(`${what}, got ${inWords(pair)} in it`)
  })
}

function textOf(name: unknown, value: unknown): string {
  const what = `defaults: headers[${JSON.stringify(name)}]`
  if (typeof value !== 'string')
    throw new TypeError(`${what} must be a string, or null for none, got ${inWords(value)}`)
  if (!isAllowed('x', value)) {
    throw new TypeError(`${what} has a line break or another character that no header can have`)
  }
  return value
}

/** What the platform says of a name and a value; its own error would show them. */
function isAllowed(name: unknown, value: string): boolean {
  try {
    return typeof name === 'string' && new Headers([[name, value]]).has(name)
  } catch {
    return false
  }
}

/** Whether a body has a type of its own, which no other may stand for: the boundary of a form for one. */
function bringsType(body: unknown): boolean {
  const kind = Object.prototype.toString.call(body)
  if (kind === '[object FormData]' || kind === '[object URLSearchParams]') return true
  return (
    typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string' && body.type !== ''
  )
}
