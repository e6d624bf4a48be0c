/** Details of a problem as RFC 9457 has them. What else the server tells is there too, whatever it may be. */
export interface Problem {
  /** A URI for the kind of problem. @default 'about:blank', where the status says it all */
  readonly type: string
  /** The kind of problem, in words. */
  readonly title?: string
  /** The status as the origin server has sent it. */
  readonly status?: number
  /** What is particular to this occurrence, in words. */
  readonly detail?: string
  /** A URI for this occurrence. */
  readonly instance?: string
  readonly [extension: string]: unknown
}

const typeOfMember = new Map([
  ['type', 'string'],
  ['title', 'string'],
  ['status', 'number'],
  ['detail', 'string'],
  ['instance', 'string'],
])

/** Whether a response says that its body tells of a problem. */
export function isProblem(response: Response): boolean {
  const type: unknown = response.headers?.get?.('content-type')
  return typeof type === 'string' && /^\s*application\/problem\+json\s*(;|$)/i.test(type)
}

/**
 * The problem that a body tells of, or undefined where it is no JSON object. A member of a type that it must not have is
 * left out (RFC 9457, section 3.1).
 */
export function problemOf(body: Uint8Array): Problem | undefined {
  const parsed = parsedJson(new TextDecoder().decode(body))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const members = Object.entries(parsed).filter(([name, value]) => {
    return !typeOfMember.has(name) || typeOfMember.get(name) === typeof value
  })
  return { type: 'about:blank', ...Object.fromEntries(members) }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
