/** What stands in place of a secret: the same in a URL, in a header and in a shell. */
export const redacted = 'REDACTED'

// Each pattern begins where a name begins and nowhere else: the text may be long, and no part of it is looked at twice.
const userinfo = /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi
const nestedUserinfo = /(%3A%2F%2F)(?:(?!%2F|%3F|%23)[^\s/?#&])*%40/gi
const element = /<((?:[\w.-]+:)?[\w.-]+)(?:\s[^<>]*)?(?<!\/)>/g
const pair =
  /(?:%3F|%26|(?<![\w.[\]-])(?<!%(?=5B|5D|2E)))((?:[\w.[\]-]|%5B|%5D|%2E)+)(?:(?:\\*["'`])?\s*={1,3}>?\s*|%3D)/gi
const member = /(?<![\w-])([\w-]+)(?:\\*["'`])?\s*:=?\s*/g
const scheme = /\b(?:bearer|basic|digest|negotiate|ntlm|dpop|hawk)(?:\s|%20|\+)+/gi

// What comes after a name or a scheme, at the very place.
const schemeHere = new RegExp(scheme.source.slice('\\b'.length), 'iy')
const anyScheme = /[a-z][\w-]*(?:\s|%20|\+)+/iy
const openingQuote = /\\*["'`]/y
const closingQuote = /\\*["'`](?:[\s,;)}\]]|$)/y
const value = /(?:(?!%26)[^\s&"'`,;#<>\\]|\\(?!["'`])|["'`](?=\w))*/iy
const word = /[^\s,;&}\])]*/y
const line = /[^\n]*/y
const schemeNoun = /(?:auth|authentication|authorization|tokens?|realm|credentials?|schemes?)(?![\w~+/=|-]|[.:]\w)\s*/iy
const credential = /[^\s,;"'`<>&()]{5,}[\w~+/=-]/y
const credentialWithDigit = /(?=[^\s\d]*\d)[^\s,;"'`<>&()]{5,}[\w~+/=-]/y
/** `name=value`; not the padding of a token in quotes, as in `abc="`. */
const parameter = /(?:\s*,\s*|\s+)?[\w-]+=(?=[^\s,;=])(?!\\*["'`](?:[\s,;)}\]]|$))/iy

/** Parameters of a challenge, and of credentials, that give nothing away. */
const harmlessParameters = new Set(
  'realm scope error error_description error_uri algorithm qop charset stale nc userhash'.split(' '),
)

/** Tells whether what has this name is secret. */
type Hides = (name: string) => boolean

/** The pattern of a value that has no quotes. */
type Unquoted = (text: string, at: number, name: string) => RegExp

/**
 * A text without what looks like a secret: users and passwords in URLs, values that have a secret name, and credentials
 * after their scheme (RFC 9110, section 11.4). The names come first: a scheme before one must not take it for its token.
 */
export function maskSecrets(text: string, hides: Hides): string {
  let shown = withoutElements(withoutUserinfo(text), hides)
  shown = withoutNamed(shown, pair, hides, valueOfPair)
  shown = withoutNamed(shown, member, hides, valueOfMember)
  return withoutCredentials(shown)
}

/** A text without the users and passwords of the URLs in it. */
export function withoutUserinfo(text: string): string {
  return text.replace(userinfo, `$1${redacted}@`).replace(nestedUserinfo, `$1${redacted}%40`)
}

/** A text without the contents of secret elements of XML. One that is not closed goes on to the end. */
function withoutElements(text: string, hides: Hides): string {
  let shown = ''
  let at = 0
  for (const { 0: tag, 1: name = '', index } of text.matchAll(element)) {
    if (index < at || !hides(name.replace(/^.*:/, ''))) continue
    const from = index + tag.length
    const closing = text.indexOf(`</${name}`, from)
    const end = closing < 0 ? text.length : closing
    shown += text.slice(at, from) + (text.slice(from, end).trim() === '' ? text.slice(from, end) : redacted)
    at = end
  }
  return shown + text.slice(at)
}

/** A text without the values of secret names, which `begin` finds. */
function withoutNamed(text: string, begin: RegExp, hides: Hides, unquoted: Unquoted): string {
  let shown = ''
  let at = 0
  for (const { 0: start, 1: name = '', index } of text.matchAll(begin)) {
    // The `n` of a `\n` that is spelled out is no part of the name after it.
    const plain = name.replace(/%../g, '.')
    const isHidden = hides(plain) || (text[index - 1] === '\\' && hides(plain.slice(1)))
    if (index < at || !isHidden) continue
    const from = index + start.length
    const afterScheme = from + matchAt(/authoriz/i.test(name) ? anyScheme : schemeHere, text, from).length
    const hasParameters = afterScheme > from && matchAt(parameter, text, afterScheme) !== ''
    const pattern = hasParameters ? line : unquoted(text, from, name)
    const { end, quote } = valueAt(text, pattern === line ? from : afterScheme, pattern)
    shown += text.slice(at, from) + (end === from ? '' : quote + redacted + quote)
    at = end
  }
  return shown + text.slice(at)
}

function valueOfPair(text: string, at: number): RegExp {
  return /[[{]/.test(text.charAt(at)) ? line : value
}

/** Cookies and credentials have blanks in them, and what is nested has no end that could be told: all of the line. */
function valueOfMember(text: string, at: number, name: string): RegExp {
  return /cookie|auth/i.test(name) || /[[{]/.test(text.charAt(at)) ? line : word
}

/** A text without the credentials that follow a scheme: a token, in quotes or not, or parameters. */
function withoutCredentials(text: string): string {
  let shown = ''
  let at = 0
  for (const { 0: start, index } of text.matchAll(scheme)) {
    if (index < at) continue
    const named = index + start.length
    const from = named + matchAt(schemeNoun, text, named).length
    shown += text.slice(at, from)
    at = from
    const parameters = from === named ? parametersAt(text, from) : undefined
    const end = parameters?.end ?? credentialsEnd(text, from, from > named)
    shown += parameters?.shown ?? (end > from ? redacted : '')
    at = end
  }
  return shown + text.slice(at)
}

/** After a noun, as in `Bearer token is missing`, a word is only taken for a token where it has a digit. */
function credentialsEnd(text: string, from: number, afterNoun: boolean): number {
  const token = afterNoun ? credentialWithDigit : credential
  if (matchAt(closingQuote, text, from) !== '') return from
  return valueAt(text, from, token).end
}

/** The parameters at a place, the harmless ones as they are; undefined where there is none. */
function parametersAt(text: string, from: number): { shown: string; end: number } | undefined {
  let shown = ''
  let end = from
  for (let start = matchAt(parameter, text, end); start !== ''; start = matchAt(parameter, text, end)) {
    const begins = end + start.length
    const next = valueAt(text, begins, value)
    const separator = /^\s*,?\s*/.exec(start)?.[0] ?? ''
    const isHarmless = harmlessParameters.has(start.slice(separator.length, -1).toLowerCase())
    shown += isHarmless ? text.slice(end, next.end) : separator + redacted
    end = next.end
  }
  return end === from ? undefined : { shown, end }
}

/** Where the value at a place ends, and the quote that it has. */
function valueAt(text: string, at: number, unquoted: RegExp): { end: number; quote: string } {
  const quote = matchAt(openingQuote, text, at)
  if (quote === '') return { end: at + matchAt(unquoted, text, at).length, quote }
  return { end: quotedEnd(text, at + quote.length, quote), quote }
}

/**
 * The end of what a quote has begun; of the line, where it is not closed. In JSON within JSON a quote has backslashes
 * before it: as many close the value, and those with more are quotes within it.
 */
function quotedEnd(text: string, from: number, quote: string): number {
  const escapes = quote.length - 1
  let endOfLine: number | undefined
  const delimiters = /(?<!\\)\\*["'`]|\n/g
  delimiters.lastIndex = from
  for (let found = delimiters.exec(text); found; found = delimiters.exec(text)) {
    const [delimiter] = found
    if (delimiter === '\n') {
      endOfLine ??= found.index
      if (escapes > 0) break
    } else if (delimiter.at(-1) === quote.at(-1) && (delimiter.length - 1) % (2 * quote.length) === escapes) {
      return delimiters.lastIndex
    }
  }
  return endOfLine ?? text.length
}

/** What a sticky pattern matches at a place; nothing where it does not. */
function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
