/** Every word that {@link errorKind} has. */
export const errorKinds = [
  'abort',
  'timeout',
  'dns',
  'refused',
  'reset',
  'network',
  'tls',
  'proxy',
  'redirect',
  'circuit-open',
  'queue-full',
  'http-status',
  'protocol',
  'invalid-request',
  'unknown',
] as const

/** One word for any failure of a call; see {@link errorKind}. */
export type ErrorKind = (typeof errorKinds)[number]

/** Errors that say by their name what they are, whichever copy of the library made them. */
const kindOfName = new Map<unknown, ErrorKind>([
  ['AbortError', 'abort'],
  ['TimeoutError', 'timeout'],
  ['ProxyError', 'proxy'],
  ['TooManyRedirectsError', 'redirect'],
  ['InvalidRedirectError', 'redirect'],
  ['CircuitOpenError', 'circuit-open'],
  ['QueueFullError', 'queue-full'],
  ['HttpError', 'http-status'],
  ['HTTPParserError', 'protocol'],
  ['UnreplayableBodyError', 'invalid-request'],
  ['NetworkError', 'network'],
])

/** Codes of Node's system errors and of undici, the causes of its `TypeError: fetch failed`, and of Bun's errors. */
const kindOfCode = new Map<unknown, ErrorKind>([
  ['ABORT_ERR', 'abort'],
  ['UND_ERR_ABORTED', 'abort'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ENOTFOUND', 'dns'],
  ['ENODATA', 'dns'],
  ['ESERVFAIL', 'dns'],
  ['EREFUSED', 'dns'],
  ['ETIMEOUT', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['ConnectionRefused', 'refused'],
  ['FailedToOpenSocket', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['EHOSTDOWN', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['ENETDOWN', 'refused'],
  ['EADDRNOTAVAIL', 'refused'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['ConnectionClosed', 'reset'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'reset'],
  ['UND_ERR_SOCKET', 'reset'],
  ['EPROTO', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['HOSTNAME_MISMATCH', 'tls'],
  ['INVALID_CA', 'tls'],
  ['INVALID_PURPOSE', 'tls'],
  ['PATH_LENGTH_EXCEEDED', 'tls'],
  ['TooManyRedirects', 'redirect'],
  ['UnexpectedRedirect', 'redirect'],
  ['UND_ERR_RESPONSE', 'http-status'],
  ['UND_ERR_REQ_RETRY', 'http-status'],
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
  [/^EAI_/, 'dns'],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|ERROR_IN_|UNABLE_TO_|CRL_)/, 'tls'],
  [/^UND_ERR_(PRX|SOCKS5)/, 'proxy'],
  [/^ERR_INVALID_ARG/, 'invalid-request'],
  [/^(HPE_|Z_|ERR_BROTLI_|ERR_HTTP2_|ERR__ERROR_FORMAT)/, 'protocol'],
]

/** Failures that carry no code: causes within undici, and Workers. */
const kindOfMessage: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(redirect count exceeded$|unexpected redirect$|URL scheme must be a HTTP|cross origin not allowed)/, 'redirect'],
  [/^(unknown scheme|bad port|invalid method)$/, 'invalid-request'],
  [/^Network connection lost/, 'network'],
]

/** The same of a `TypeError`, which is what a fetch fails with: undici, Deno, Chromium, Firefox, Safari. */
const kindOfTypeError: readonly (readonly [RegExp, ErrorKind])[] = [
  [/dns error|hostname could not be found/, 'dns'],
  [/Connection refused|Could not connect to the server/, 'refused'],
  [/Connection reset|before message completed|error reading a body/, 'reset'],
  [/peer certificate|HandshakeFailure/, 'tls'],
  [/^Maximum number of redirects/, 'redirect'],
  [
    /^(fetch failed|terminated|Failed to fetch|network error|NetworkError when|Load failed|error sending request|The network connection was lost|The Internet connection appears|Network request failed)/i,
    'network',
  ],
  [
    /^(Failed to parse URL|RequestInit|Request |Response body object|Headers|Invalid (URL|header)|Cannot construct a Request|Received non-Uint8Array|fetch: |Window\.fetch: )/,
    'invalid-request',
  ],
  [
    /^Failed to (execute '(fetch|append|set)'|construct '(Request|Headers|URL)')|is an? (invalid|forbidden) |is not an accepted type|method is unsupported|not (a )?valid (URL|HTTP|or contains)|duplex|credentials|cannot have (a )?body/,
    'invalid-request',
  ],
]

/** Under a proxy's refusal of a tunnel undici writes "aborted". */
const tunnelRefused = /^Proxy response \(\d+\)/

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
    current = causeOf(current)
  }
  return network ?? 'unknown'
}

function causeOf(error: object): unknown {
  if ('cause' in error && error.cause !== undefined) return error.cause
  return 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : undefined
}

function kindOfOne(error: object, underNetworkError: boolean): ErrorKind | undefined {
  const { name, code, message } = error as Record<'name' | 'code' | 'message', unknown>
  const text = String(message)
  if (tunnelRefused.test(text)) return 'proxy'
  if (code === 'ERR_INVALID_URL') return underNetworkError ? 'redirect' : 'invalid-request'
  return (
    kindOfName.get(name) ??
    kindOfCode.get(code) ??
    matching(kindOfCodePattern, String(code)) ??
    matching(kindOfMessage, text) ??
    (name === 'TypeError' ? matching(kindOfTypeError, text) : undefined)
  )
}

function matching(kinds: readonly (readonly [RegExp, ErrorKind])[], text: string): ErrorKind | undefined {
  return kinds.find(([pattern]) => pattern.test(text))?.[1]
}
