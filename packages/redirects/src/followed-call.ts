import {
  abortable,
  assertResponse,
  DerivedSignal,
  discard,
  type Fetch,
  type FetchInit,
  type FetchInput,
  initOf,
  isRequest,
  methodOf,
  onBodyEnd,
  prepareReplay,
  type Replay,
  signalOf,
  UnreplayableBodyError,
  urlOf,
  withInit,
} from '@steadfetch/core'
import { type Redirect, withHistory } from './history.ts'
import { InvalidRedirectError } from './invalid-redirect-error.ts'
import { asGet, becomesGet, forAnotherOrigin, withReferrerPolicy } from './next-request.ts'
import { redirectTarget } from './redirect-target.ts'
import type { RedirectPolicy } from './redirects.ts'
import { TooManyRedirectsError } from './too-many-redirects-error.ts'

/** One call with the redirects that it comes to. */
export class FollowedCall<Options> {
  readonly #fetch: Fetch<Options>
  readonly #policy: RedirectPolicy
  readonly #replay: Replay<FetchInit & Options>
  readonly #history: Redirect[] = []
  #input: FetchInput
  #init: FetchInit & Options
  /** Undefined where a layer below completes it. */
  #url: URL | undefined
  #derived: DerivedSignal | undefined

  constructor(fetch: Fetch<Options>, input: FetchInput, init: FetchInit & Options, policy: RedirectPolicy) {
    this.#fetch = fetch
    this.#policy = policy
    this.#replay = prepareReplay(input, init, policy.maxBytes)
    this.#input = input
    this.#init = init
    this.#url = urlOf(input)
  }

  async response(): Promise<Response> {
    try {
      for (;;) {
        const response = await this.#sent()
        const from = URL.parse(response.url) ?? this.#url
        const to = this.#targetOf(response, from)
        if (to === undefined) return this.#told(response)
        await this.#turn(response, from, to)
      }
    } catch (error) {
      this.#derived?.release()
      throw error
    } finally {
      this.#replay.release()
    }
  }

  async #sent(): Promise<Response> {
    // Without a `this`: a browser's own fetch refuses any but its window.
    const fetch = this.#fetch
    const response = await fetch(this.#input, withInit(this.#init, { redirect: 'manual' }))
    assertResponse('redirects', response)
    return response
  }

  #targetOf(response: Response, from: URL | undefined): URL | undefined {
    try {
      const to = redirectTarget(response, from, this.#url?.hash ?? '')
      if (to === undefined || to.origin === from?.origin || modeOf(this.#input, this.#init) !== 'same-origin') return to
      throw new InvalidRedirectError(
        response.status,
        from,
        'another origin is not for a call whose mode is same-origin',
      )
    } catch (error) {
      discard(response)
      throw error
    }
  }

  /** From a response to the next request. */
  async #turn(response: Response, from: URL | undefined, to: URL): Promise<void> {
    discard(response)
    const { max, strips, onRedirect } = this.#policy
    const { status, headers } = response
    if (this.#history.length >= max) throw new TooManyRedirectsError(max, this.#history)

    const init = withReferrerPolicy(await this.#initAfter(status, from), headers)
    const redirect = Object.freeze({ status, from: from?.href ?? '', to: to.href, method: methodOf('', init) })
    this.#history.push(redirect)
    const signal = signalOf('', init)
    if (onRedirect) await abortable(new Promise((told) => told(onRedirect({ ...redirect, response }))), signal)
    signal?.throwIfAborted()
    this.#init = to.origin === from?.origin ? init : forAnotherOrigin(init, strips)
    this.#input = to.href
    this.#url = to
  }

  /** What the next request is made with, wherever it goes. */
  async #initAfter(status: number, from: URL | undefined): Promise<FetchInit & Options> {
    if (isRequest(this.#input) && this.#init.signal === undefined) {
      this.#derived = new DerivedSignal(this.#input, this.#init)
      this.#init = withInit(this.#init, { signal: this.#derived.signal })
    }
    const init = initOf(this.#input, this.#init)
    if (becomesGet(status, init)) {
      this.#replay.release()
      return asGet(init)
    }
    // Of a request that has become a GET there is nothing left to send again.
    if (this.#history.length > 0 && !init.body) return init
    const again = await this.#replay.again(init.signal ?? undefined)
    if (again) return withInit(init, { body: again.init?.body ?? null })
    throw new UnreplayableBodyError(
      `redirects: ${from ? from.origin + from.pathname : 'a server'} answered ${status}, and the body can be sent only once: ` +
        'give it as a string, bytes, a Blob or FormData, or a Request with a shorter one (replay.maxBytes)',
    )
  }

  #told(response: Response): Response {
    const derived = this.#derived
    if (derived) onBodyEnd(response, () => derived.release())
    return this.#history.length === 0 ? response : withHistory(response, this.#history)
  }
}

/** What a call says of the origins that it may go to. */
export function modeOf(input: FetchInput, init: FetchInit | undefined): unknown {
  const own: unknown = init && Reflect.get(init, 'mode')
  return own ?? (isRequest(input) ? Reflect.get(input, 'mode') : undefined)
}
