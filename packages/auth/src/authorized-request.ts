import {
  abortable,
  assertResponse,
  cancelUpload,
  discard,
  type Fetch,
  type FetchInit,
  type FetchInput,
  fetchAt,
  headersOf,
  initAsMade,
  inputAsMade,
  inWords,
  isRequest,
  prepareReplay,
  type Replay,
  signalOf,
  UnreplayableBodyError,
  urlOf,
  withInit,
} from '@steadfetch/core'
import type { Authorization, AuthRequest, AuthScheme } from './scheme.ts'

/** How often one request is sent again at most. */
const most = 5

/** The methods that platforms write in upper case: fetch standard, "normalize a method". */
const normalized = /^(delete|get|head|options|post|put)$/i

/** One request to where the credentials may go. */
export class AuthorizedRequest<Options> {
  readonly #fetch: Fetch<Options>
  readonly #scheme: AuthScheme
  readonly #input: FetchInput
  readonly #signal: AbortSignal | undefined
  readonly #asked: Omit<AuthRequest, 'refusals'>
  #init: (FetchInit & Options) | undefined
  #isSent = false
  #replay: Replay<FetchInit & Options> | undefined

  /** @param init its headers are read more than once. */
  constructor(
    fetch: Fetch<Options>,
    scheme: AuthScheme,
    url: URL,
    input: FetchInput,
    init: (FetchInit & Options) | undefined,
  ) {
    this.#fetch = fetch
    this.#scheme = scheme
    this.#input = inputAsMade(input)
    this.#init = initAsMade(init)
    this.#signal = signalOf(input, init)
    const bare = new URL(url)
    bare.hash = ''
    // The calls of a scheme itself are plain ones.
    this.#asked = { url: bare, method: methodSentOf(input, init), signal: this.#signal, fetch: fetch as Fetch }
  }

  async response(): Promise<Response> {
    try {
      this.#throwIfAborted()
      const given = this.#scheme.authorize({ ...this.#asked, refusals: 0 })
      // Without a wait where there is nothing to wait for: the caller's stack is that of the fetch below.
      let sent = this.#checked(isPromise(given) ? await abortable(given, this.#signal) : given)
      if (this.#isInTheWay(sent)) return await this.#send(undefined)
      if (this.#scheme.refused !== undefined) this.#prepared()
      for (let refusals = 0; ; refusals += 1) {
        const response = await this.#send(sent)
        const instead = await this.#insteadOf(response, { ...this.#asked, refusals }, sent)
        if (instead === undefined) return response
        discard(response)
        this.#init = await this.#initAgain()
        sent = instead
      }
    } catch (error) {
      if (!this.#isSent) cancelUpload(this.#input, this.#init, error)
      throw error
    } finally {
      this.#replay?.release()
    }
  }

  async #send(authorization: Authorization | undefined): Promise<Response> {
    // Without a `this`: a browser's own fetch refuses any but its window.
    const fetch = this.#fetch
    const { headers, url } = authorization ?? {}
    const init = headers ? withInit(this.#init, { headers: this.#headersWith(headers) }) : this.#init
    this.#isSent = true
    if (url) return fetchAt('auth', fetch, withHashOf(url, this.#input), this.#input, init)
    const response = await fetch(this.#input, init)
    assertResponse('auth', response)
    return response
  }

  /** What to send in place of what came to this response; undefined where the response stands. */
  async #insteadOf(
    response: Response,
    request: AuthRequest,
    sent: Authorization | undefined,
  ): Promise<Authorization | undefined> {
    const scheme = this.#scheme
    try {
      if (response.status !== 401) {
        scheme.answered?.(response, request, sent)
        return undefined
      }
      if (request.refusals === most) return undefined
      this.#throwIfAborted()
      const given = scheme.refused?.(response, request, sent)
      const instead = this.#checked(isPromise(given) ? await abortable(given, this.#signal) : given)
      return this.#isInTheWay(instead) ? undefined : instead
    } catch (error) {
      discard(response)
      throw error
    }
  }

  /** What a scheme of somebody's own may come to. */
  #checked(authorization: Authorization | undefined): Authorization | undefined {
    if (authorization === undefined) return undefined
    if (typeof authorization === 'object' && authorization !== null) return authorization
    const what = `auth: ${this.#scheme.name} must come to { headers, url } or to undefined`
    throw new TypeError(`${what}, got ${authorization === null ? 'null' : typeof authorization}`)
  }

  /** Whether the caller has a header of that name, which goes before ours. */
  #isInTheWay(authorization: Authorization | undefined): boolean {
    const names = Object.keys(authorization?.headers ?? {})
    if (names.length === 0) return false
    const own = new Set(headersOf(this.#input, this.#init).keys())
    return names.some((name) => own.has(name.toLowerCase()))
  }

  #headersWith(added: Readonly<Record<string, string>>): Headers {
    const headers = headersOf(this.#input, this.#init)
    for (const [name, value] of Object.entries(added)) {
      try {
        headers.set(name, value)
      } catch {
        // What the platform says of it has the value in it.
        throw new TypeError(`auth: ${this.#scheme.name} must give headers that are some, got an odd ${inWords(name)}`)
      }
    }
    return headers
  }

  /** A call that is over is not to ask for a token. */
  #throwIfAborted(): void {
    if (this.#signal?.aborted) throw this.#signal.reason
  }

  #prepared(): Replay<FetchInit & Options> {
    this.#replay ??= prepareReplay(this.#input, this.#init)
    return this.#replay
  }

  async #initAgain(): Promise<(FetchInit & Options) | undefined> {
    const again = await this.#prepared().again(this.#signal)
    if (again !== undefined) return again.init
    const { origin, pathname } = this.#asked.url
    throw new UnreplayableBodyError(
      `auth: ${origin}${pathname} answered 401, and the body can be sent only once: make the call again, as what ` +
        'authorizes it is fresh now, or give the body as a string, bytes, a Blob or FormData, or a Request of 1 MiB at most',
    )
  }
}

/** Another URL, with the fragment that the call has. */
export function withHashOf(url: URL, input: FetchInput): string {
  const at = new URL(url)
  at.hash = urlOf(input)?.hash ?? ''
  return at.href
}

function methodSentOf(input: FetchInput, init: FetchInit | undefined): string {
  const method = String(init?.method ?? (isRequest(input) ? input.method : 'GET'))
  return normalized.test(method) ? method.toUpperCase() : method
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value
}
