/** What a server asks for: RFC 9110, section 11.3. */
export interface Challenge {
  /** In lower case, as `digest`. */
  readonly scheme: string
  /** By name in lower case. Of a name that comes twice the first counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** OWS and empty members of a list. */
const gap = /[ \t,]*/y
const token = /[\w!#$%&'*+.^`|~-]+/y
/** A single thing after the scheme in place of parameters, as Negotiate has it. */
const token68 = /[ \t]+[\w.~+/-]+=*[ \t]*(?=,|$)/y
const equals = /[ \t]*=[ \t]*/y
const quoted = /"((?:[^"\\]|\\.)*)"/sy
const unquoted = /[^ \t,]*/y
const rest = /[^,]*/y

/** Reads a text from its start to its end. */
class Reader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#text.length
  }

  /** What comes next if it is of that kind, the group where there is one; undefined otherwise. */
  take(kind: RegExp): string | undefined {
    kind.lastIndex = this.#position
    const match = kind.exec(this.#text)
    if (match === null) return undefined
    this.#position = kind.lastIndex
    return match[1] ?? match[0]
  }

  /** The value of a parameter: a quoted one without its quotes and escapes. */
  value(): string {
    return this.take(quoted)?.replace(/\\(.)/gs, '$1') ?? this.take(unquoted) ?? ''
  }
}

/**
 * The challenges of a `WWW-Authenticate` header, or of several that were joined by commas. What is malformed is left
 * out.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  const reader = new Reader(header)
  for (reader.take(gap); !reader.isAtEnd; reader.take(gap)) {
    const name = reader.take(token)?.toLowerCase()
    if (name === undefined) reader.take(rest)
    else if (reader.take(equals) !== undefined) add(challenges.at(-1)?.parameters, name, reader.value())
    else {
      challenges.push({ scheme: name, parameters: new Map() })
      reader.take(token68)
    }
  }
  return challenges
}

/** The parameters of a header that has nothing else, such as `Authentication-Info`: RFC 7615. */
export function parseParameters(header: string): ReadonlyMap<string, string> {
  return parseChallenges(`of ${header}`)[0]?.parameters ?? new Map()
}

function add(parameters: Map<string, string> | undefined, name: string, value: string): void {
  if (parameters !== undefined && !parameters.has(name)) parameters.set(name, value)
}
