import { type FetchInit, type FetchInput, isRequest } from '@steadfetch/core'

/** How deep a chain of causes is followed. */
const deepest = 10

/**
 * Whether a failed request provably never reached a server, so that any method may be sent again: what failed is the
 * look-up of its name, or the making of a connection. The platform follows redirects on its own and does not say at
 * which hop it failed, not even on the same host; where it may follow them, nothing is proven: the server that has
 * answered with one has acted.
 */
export function neverSent(error: unknown, input: FetchInput, init: FetchInit | undefined): boolean {
  const redirect = init?.redirect ?? (isRequest(input) ? input.redirect : 'follow')
  return redirect !== 'follow' && failedToConnect(error)
}

/** By what Node tells of a failed system call: an unreachable host, for one, may also end a connection under way. */
function failedToConnect(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < deepest && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current && current.code === 'UND_ERR_CONNECT_TIMEOUT') return true
    if ('syscall' in current) return current.syscall === 'connect' || current.syscall === 'getaddrinfo'
    // Of a name with several addresses, all of them.
    const several = 'errors' in current && Array.isArray(current.errors) ? current.errors[0] : undefined
    current = several ?? ('cause' in current ? current.cause : undefined)
  }
  return false
}
