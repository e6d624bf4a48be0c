/** One word for any failure of a call; see {@link errorKind}. */
export type ErrorKind =
  | 'abort'
  | 'timeout'
  | 'dns'
  | 'refused'
  | 'reset'
  | 'network'
  | 'tls'
  | 'proxy'
  | 'redirect'
  | 'circuit-open'
  | 'queue-full'
  | 'http-status'
  | 'protocol'
  | 'invalid-request'
  | 'unknown'

/** Errors that say by their name what they are, whichever copy of the library made them. */
const kindOfName = new Map<unknown, ErrorKind>([
  ['AbortError', 'abort'],
  ['TimeoutError', 'timeout'],
  ['ProxyError', 'proxy'],
  ['TooManyRedirectsError', 'redirect'],
  ['CircuitOpenError', 'circuit-open'],
  ['QueueFullError', 'queue-full'],
  ['HttpError', 'http-status'],
  ['HTTPParserError', 'protocol'],
])

/** Codes of Node's system errors and of undici, whose errors are the causes of `TypeError: fetch failed`. */
const kindOfCode = new Map<unknown, ErrorKind>([
  ['ABORT_ERR', 'abort'],
  ['UND_ERR_ABORTED', 'abort'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['EAI_FAIL', 'dns'],
  ['EAI_NODATA', 'dns'],
  ['ENODATA', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['EHOSTDOWN', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['ENETDOWN', 'refused'],
  ['EADDRNOTAVAIL', 'refused'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['EPROTO', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['INVALID_CA', 'tls'],
  ['UND_ERR_PRX_TLS', 'proxy'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'protocol'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'protocol'],
  ['UND_ERR_MAX_ORIGINS_REACHED', 'queue-full'],
  ['UND_ERR_INVALID_ARG', 'invalid-request'],
  ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'invalid-request'],
  ['UND_ERR_NOT_SUPPORTED', 'invalid-request'],
  ['UND_ERR_CLOSED', 'invalid-request'],
  ['UND_ERR_DESTROYED', 'invalid-request'],
])

/** Families of codes. */
const kindOfCodePattern: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|CRL_)/, 'tls'],
  [/^(HPE_|Z_|ERR_BROTLI_|ERR_HTTP2_|ERR__ERROR_FORMAT)/, 'protocol'],
]

/** Failures that carry no code, by the words of the runtimes: undici, Chromium, Firefox, Safari, Deno, Bun. */
const kindOfMessage: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(redirect count exceeded|unexpected redirect)$/, 'redirect'],
  [/^(unknown scheme|bad port|invalid method)$/, 'invalid-request'],
  [
    /^(Failed to parse URL|RequestInit|Request |Request constructor|Response body object|Headers|Invalid URL|Cannot construct a Request)/,
    'invalid-request',
  ],
  [
    /Failed to execute '(fetch|append|set)'|is an? (invalid|forbidden) |not a valid (URL|HTTP)|duplex|includes credentials/,
    'invalid-request',
  ],
  [
    /^(fetch failed|terminated|Failed to fetch|network error|NetworkError when|Load failed|error sending request|The network connection was lost|Unable to connect)/i,
    'network',
  ],
]

/** How deep a chain of causes is followed; one that runs in a circle ends here too. */
const deepest = 10

/**
 * One word for what went wrong, for any failure of any layer or platform: what Python's requests has exception classes
 * for. It asks the error itself first, then its `cause`, and so on; the outermost that can tell decides.
 *
 * `abort` is a caller's abort without a reason of its own (with one, the reason is what is thrown, and may be anything);
 * `refused` and `dns` never reached a server; `reset` lost its connection; `network` is all that some platforms say;
 * `protocol` is an answer that is not sound HTTP; `invalid-request` is a mistake in the call; `unknown` is the rest.
 */
export function errorKind(error: unknown): ErrorKind {
  let network: ErrorKind | undefined
  let current = error
  for (let depth = 0; depth < deepest && typeof current === 'object' && current !== null; depth += 1) {
    const kind = kindOfOne(current, network !== undefined)
    if (kind !== undefined && kind !== 'network') return kind
    network ??= kind
    current = 'cause' in current ? current.cause : undefined
  }
  return network ?? 'unknown'
}

function kindOfOne(error: object, underNetworkError: boolean): ErrorKind | undefined {
  const named = 'name' in error ? kindOfName.get(error.name) : undefined
  if (named !== undefined) return named
  const code = 'code' in error ? error.code : undefined
  if (code === 'ERR_INVALID_URL') return underNetworkError ? 'redirect' : 'invalid-request'
  const known = kindOfCode.get(code)
  if (known !== undefined) return known
  if (typeof code === 'string') {
    const family = kindOfCodePattern.find(([pattern]) => pattern.test(code))
    if (family !== undefined) return family[1]
  }
  const message = 'message' in error ? String(error.message) : ''
  return kindOfMessage.find(([pattern]) => pattern.test(message))?.[1]
}
