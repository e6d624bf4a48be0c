import { errorKind, type FetchInit, type FetchInput, isRequest, urlOf } from '@steadfetch/core'

/**
 * Whether a failed request provably never reached a server, so that any method may be sent again: its name was not
 * found, or no connection came about. The platform follows redirects on its own and does not say at which hop it
 * failed, so while it may follow them, the failure has to name the very host that was asked for.
 */
export function neverSent(error: unknown, input: FetchInput, init: FetchInit | undefined): boolean {
  const kind = errorKind(error)
  const failure = connectFailureIn(error)
  if (kind !== 'dns' && kind !== 'refused' && failure.code !== 'UND_ERR_CONNECT_TIMEOUT') return false
  const redirect = init?.redirect ?? (isRequest(input) ? input.redirect : 'follow')
  const url = urlOf(input)
  return redirect !== 'follow' || (url !== undefined && isAbout(url, failure))
}

interface ConnectFailure {
  readonly code?: unknown
  readonly hostname?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly message?: unknown
}

/** The innermost cause that has a code, with the facts that Node's system errors carry. */
function connectFailureIn(error: unknown): ConnectFailure {
  let found: ConnectFailure = {}
  let current: unknown = error
  for (let depth = 0; depth < 10 && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current) found = current
    const several = 'errors' in current && Array.isArray(current.errors) ? current.errors[0] : undefined
    current = several ?? ('cause' in current ? current.cause : undefined)
  }
  return found
}

function isAbout(url: URL, { code, hostname, address, port, message }: ConnectFailure): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const portOfUrl = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return String(message).includes(`${host}:${portOfUrl}`)
  if (hostname !== undefined) return hostname === host
  if (port !== undefined && String(port) !== portOfUrl) return false
  return address === undefined || address === host || host === 'localhost'
}
