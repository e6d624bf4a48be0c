/** Which URLs a policy is for. */
export interface OriginPattern {
  readonly pattern: string
  /** The higher, the more specific. */
  readonly rank: number
  fits(url: URL | undefined): boolean
}

/** What is wrong with a pattern; undefined where nothing is. */
export function faultOfPattern(pattern: string): string | undefined {
  if (pattern === '*') return undefined
  const said = JSON.stringify(withoutUser(pattern))
  const url = URL.parse(exampleOf(pattern))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return `${said} is no origin: write one as in "https://api.example.com", "https://*.example.com", or "*" for all others`
  }
  if (url.username !== '' || url.password !== '') return `${said} must have no user and no password`
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || pattern.endsWith('/')) {
    const origin = pattern.replace(/^(\w+:\/\/[^/?#]*).*$/s, '$1')
    return `${said} must be an origin alone: write ${JSON.stringify(origin)}`
  }
  if (exampleOf(pattern).includes('*')) return `${said} may have one "*", in place of the first part of its host`
  return undefined
}

/** A pattern as it may be shown. */
export function withoutUser(pattern: string): string {
  return pattern.replace(/^(\w+:)?(\/\/)?[^/]*@/, '$1$2REDACTED@')
}

/** Which URLs a pattern fits; it has no fault. */
export function originPattern(pattern: string): OriginPattern {
  if (pattern === '*') return { pattern, rank: 0, fits: () => true }
  const example = new URL(exampleOf(pattern))
  const { protocol } = example
  const host = hostOf(example)
  if (!isWild(pattern)) {
    return { pattern, rank: Infinity, fits: (url) => url?.protocol === protocol && hostOf(url) === host }
  }
  const ending = host.replace(/^x/, '')
  return { pattern, rank: ending.length, fits: (url) => url?.protocol === protocol && hostOf(url).endsWith(ending) }
}

/** Without the dot that a name may end in, and which leads to the same server. */
function hostOf({ host }: URL): string {
  return host.replace(/\.(?=:|$)/, '')
}

const isWild = (pattern: string): boolean => /^https?:\/\/\*\./i.test(pattern)

/** A URL that the pattern fits. */
function exampleOf(pattern: string): string {
  return isWild(pattern) ? pattern.replace('*', 'x') : pattern
}
