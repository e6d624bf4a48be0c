import { describe, expect, it } from 'vitest'
import { type ErrorKind, errorKind, errorKinds } from './error-kind.ts'

/** The real errors of Node and undici are in error-kind.sockets.test.ts; here are those of platforms that are not at hand. */

const failed = (cause: unknown): TypeError => new TypeError('fetch failed', { cause })

const coded = (code: unknown, message = ''): Error => Object.assign(new Error(message), { code })

const named = (name: string): Error => Object.assign(new Error(), { name })

describe('browsers', () => {
  it.each<[string, string, ErrorKind]>([
    ['Chromium', 'Failed to fetch', 'network'],
    ['Chromium, in the body', 'network error', 'network'],
    ['Firefox', 'NetworkError when attempting to fetch resource.', 'network'],
    ['Safari', 'Load failed', 'network'],
    ['Safari, with the host', 'Load failed (api.test)', 'network'],
    ['Safari', 'The network connection was lost.', 'network'],
    ['Safari', 'The Internet connection appears to be offline.', 'network'],
    ['Safari', 'A server with the specified hostname could not be found.', 'dns'],
    ['Safari', 'Could not connect to the server.', 'refused'],
    ['React Native', 'Network request failed', 'network'],
    ['Chromium', "Failed to execute 'fetch' on 'Window': Failed to parse URL from http://[", 'invalid-request'],
    ['Chromium', "Failed to execute 'fetch' on 'Window': Invalid name", 'invalid-request'],
    ['Chromium', "Failed to construct 'Request': member signal is not of type AbortSignal.", 'invalid-request'],
    ['Firefox', 'Window.fetch: http://[ is not a valid URL.', 'invalid-request'],
    ['Firefox', 'Window.fetch: HEAD or GET Request cannot have a body.', 'invalid-request'],
    ['Firefox', 'Headers.append: a b is an invalid header name.', 'invalid-request'],
    ['Safari', 'URL is not valid or contains user credentials.', 'invalid-request'],
    ['Safari', "Request has method 'GET' and cannot have a body", 'invalid-request'],
    ['Safari', "Invalid header name: 'a b'", 'invalid-request'],
  ])('%s: %s', (_, message, kind) => {
    expect(errorKind(new TypeError(message))).toBe(kind)
  })

  it.each<[string, ErrorKind]>([
    ['AbortError', 'abort'],
    ['TimeoutError', 'timeout'],
    ['NetworkError', 'network'],
  ])('knows a DOMException by its name: %s', (name, kind) => {
    expect(errorKind(new DOMException('in the words of the browser', name))).toBe(kind)
  })
})

describe('Deno', () => {
  const toUrl = 'error sending request for url (http://api.test/): '

  it.each<[string, ErrorKind]>([
    [`${toUrl}client error (Connect): tcp connect error: Connection refused (os error 111)`, 'refused'],
    [`${toUrl}client error (Connect): dns error: failed to lookup address information`, 'dns'],
    [`${toUrl}client error (Connect): invalid peer certificate: UnknownIssuer`, 'tls'],
    [`${toUrl}client error (SendRequest): connection error: Connection reset by peer (os error 104)`, 'reset'],
    [`${toUrl}client error (SendRequest): connection closed before message completed`, 'reset'],
    [`${toUrl}something new`, 'network'],
    ['error reading a body from connection', 'reset'],
    ['Maximum number of redirects (20) reached', 'redirect'],
    ["Invalid URL: 'nope'", 'invalid-request'],
  ])('%s', (message, kind) => {
    expect(errorKind(new TypeError(message))).toBe(kind)
  })
})

describe('Bun', () => {
  it.each<[string, string, ErrorKind]>([
    ['ConnectionRefused', 'Unable to connect. Is the computer able to access the url?', 'refused'],
    ['FailedToOpenSocket', 'Was there a typo in the url or port?', 'refused'],
    ['ConnectionClosed', 'The socket connection was closed unexpectedly.', 'reset'],
    ['ECONNRESET', 'The socket connection was closed unexpectedly.', 'reset'],
    ['TooManyRedirects', 'The response redirected too many times.', 'redirect'],
    ['UnexpectedRedirect', 'UnexpectedRedirect fetching "http://api.test/".', 'redirect'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self signed certificate', 'tls'],
    ['ERR_INVALID_URL', 'fetch() URL is invalid', 'invalid-request'],
  ])('%s', (code, message, kind) => {
    expect(errorKind(coded(code, message))).toBe(kind)
  })
})

describe('Workers', () => {
  it('knows a lost connection, which is no TypeError there', () => {
    expect(errorKind(new Error('Network connection lost.'))).toBe('network')
  })
})

describe('Node and undici, where loopback cannot provoke it', () => {
  it.each<[string, ErrorKind]>([
    ['EAI_AGAIN', 'dns'],
    ['EAI_NONAME', 'dns'],
    ['ESERVFAIL', 'dns'],
    ['EREFUSED', 'dns'],
    ['ENETUNREACH', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['EADDRNOTAVAIL', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['EPIPE', 'reset'],
    ['ECONNABORTED', 'reset'],
    ['ERR_STREAM_PREMATURE_CLOSE', 'reset'],
    ['CERT_REVOKED', 'tls'],
    ['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls'],
    ['EPROTO', 'tls'],
    ['HPE_INVALID_CONSTANT', 'protocol'],
    ['ERR_BROTLI_INVALID', 'protocol'],
    ['ERR_HTTP2_STREAM_ERROR', 'protocol'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'protocol'],
    ['UND_ERR_PRX_TLS', 'proxy'],
    ['UND_ERR_PRX_CONN', 'proxy'],
    ['UND_ERR_SOCKS5', 'proxy'],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'invalid-request'],
    ['UND_ERR_RESPONSE', 'http-status'],
    ['UND_ERR_REQ_RETRY', 'http-status'],
    ['UND_ERR_INFO', 'network'],
  ])('%s is %s', (code, kind) => {
    expect(errorKind(failed(coded(code)))).toBe(kind)
  })
})

describe('layers', () => {
  it.each<[string, ErrorKind]>([
    ['AbortError', 'abort'],
    ['TimeoutError', 'timeout'],
    ['ProxyError', 'proxy'],
    ['TooManyRedirectsError', 'redirect'],
    ['CircuitOpenError', 'circuit-open'],
    ['QueueFullError', 'queue-full'],
    ['HttpError', 'http-status'],
  ])('knows %s by its name, whichever copy of the library made it', (name, kind) => {
    expect(errorKind(named(name))).toBe(kind)
  })
})

describe('causes', () => {
  it('goes down until one can tell', () => {
    const wrapped = new Error('no user', { cause: new Error('no service', { cause: failed(coded('ECONNRESET')) }) })
    expect(errorKind(wrapped)).toBe('reset')
  })

  it('takes the word of the outermost that can', () => {
    expect(errorKind(Object.assign(named('ProxyError'), { cause: failed(coded('ECONNREFUSED')) }))).toBe('proxy')
    expect(errorKind(Object.assign(named('TimeoutError'), { cause: named('AbortError') }))).toBe('timeout')
  })

  it('says network where the platform said no more than that', () => {
    expect(errorKind(new TypeError('fetch failed'))).toBe('network')
    expect(errorKind(failed(new Error('in new words')))).toBe('network')
    expect(errorKind(failed('a string'))).toBe('network')
  })

  it('ends where causes run in a circle', () => {
    const [one, other] = [new Error('one'), new Error('other')]
    one.cause = other
    other.cause = one
    expect(errorKind(one)).toBe('unknown')
    const self = new TypeError('fetch failed')
    self.cause = self
    expect(errorKind(self)).toBe('network')
  })

  it('ends where causes have no end', () => {
    const endless: object = {
      get cause() {
        return Object.create(endless)
      },
    }
    expect(errorKind(endless)).toBe('unknown')
  })

  it('looks into an AggregateError that cannot tell by itself', () => {
    const refused = [coded('ECONNREFUSED'), coded('ECONNREFUSED')]
    expect(errorKind(failed(new AggregateError(refused)))).toBe('refused')
    expect(errorKind(failed(Object.assign(new AggregateError(refused), { code: 'ETIMEDOUT' })))).toBe('timeout')
    expect(errorKind(new AggregateError([]))).toBe('unknown')
  })
})

describe('what is no failure of a call', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'AbortError'],
    ['a number', 20],
    ['a symbol', Symbol('AbortError')],
    ['a function', () => {}],
    ['an object', {}],
    ['an object without a prototype', Object.create(null)],
    ['a bug', new TypeError("Cannot read properties of undefined (reading 'id')")],
    ['an error of a program, in words like ours', new Error('Failed to fetch the profile: terminated by the operator')],
    ['the same, of headers', new Error('Headers are not what we want; duplex printing is an invalid choice')],
    ['a number for a code', coded(404)],
    ['a body read twice', new TypeError('Body is unusable: Body has already been read')],
    ['a body that is no JSON', new SyntaxError('Unexpected token < in JSON at position 0')],
  ])('is unknown: %s', (_, error) => {
    expect(errorKind(error)).toBe('unknown')
  })

  it('takes errors with members of other types than usual', () => {
    expect(errorKind({ name: 5, code: {}, message: Symbol('message'), cause: 5 })).toBe('unknown')
    expect(errorKind({ message: null, code: null, name: null, errors: 'none' })).toBe('unknown')
  })
})

it('has every word once', () => {
  expect(new Set(errorKinds).size).toBe(errorKinds.length)
})
