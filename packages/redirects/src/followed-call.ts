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
  withInit,
} from '@steadfetch/core'
import { type Redirect, withHistory } from './history.ts'
import { asGet, becomesGet, forAnotherOrigin } from './next-request.ts'
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
  #url: URL
  #derived: DerivedSignal | undefined

  constructor(fetch: Fetch<Options>, input: FetchInput, init: FetchInit & Options, url: URL, policy: RedirectPolicy) {
    this.#fetch = fetch
    this.#policy = policy
    this.#replay = prepareReplay(input, init, policy.maxBytes)
    this.#input = input
    this.#init = init
    this.#url = url
  }

  async response(): Promise<Response> {
    try {
      for (;;) {
        const response = await this.#sent()
        const to = this.#targetOf(response)
        if (to === undefined) return this.#told(response)
        await this.#turn(response, to)
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

  #targetOf(response: Response): URL | undefined {
    try {
      return redirectTarget(response, this.#url)
    } catch (error) {
      discard(response)
      throw error
    }
  }

  /** From a response to the next request. */
  async #turn(response: Response, to: URL): Promise<void> {
    discard(response)
    const { max, strips, onRedirect } = this.#policy
    const { status } = response
    const from = URL.parse(response.url) ?? this.#url
    if (this.#history.length >= max) throw new TooManyRedirectsError(max, this.#history, from)

    const init = await this.#initAfter(status, from)
    const redirect = { status, from: from.href, to: to.href, method: methodOf('', init) }
    this.#history.push(redirect)
    const signal = signalOf('', init)
    if (onRedirect) await abortable(new Promise((told) => told(onRedirect({ ...redirect, response }))), signal)
    signal?.throwIfAborted()
    this.#init = to.origin === from.origin ? init : forAnotherOrigin(init, strips)
    this.#input = to.href
    this.#url = to
  }

  /** What the next request is made with, wherever it goes. */
  async #initAfter(status: number, from: URL): Promise<FetchInit & Options> {
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
      `redirects: ${from.origin}${from.pathname} answered ${status}, and the body can be sent only once: ` +
        'give it as a string, bytes, a Blob or FormData, or a Request with a shorter one (replay.maxBytes)',
    )
  }

  #told(response: Response): Response {
    const derived = this.#derived
    if (derived) onBodyEnd(response, () => derived.release())
    return this.#history.length === 0 ? response : withHistory(response, this.#history)
  }
}
