import {
  abortable,
  assertResponse,
  cancelUpload,
  causedBy,
  discard,
  type Fetch,
  type FetchInit,
  type FetchInput,
  initAsMade,
  inputAsMade,
  inWords,
  onBodyEnd,
  reportUncaught,
  signalOf,
  WatchedExchange,
} from '@steadfetch/core'
import type { EndEvent, HooksOptions, RequestEvent } from './hooks.ts'
import { readOnly } from './read-only.ts'
import { replacedRequest, type SentRequest } from './replaced-request.ts'

/** One call with its hooks. Of the response it keeps nothing: a response that nobody has any more must be collected. */
export class HookedCall<Options> {
  readonly #fetch: Fetch<Options>
  readonly #hooks: HooksOptions
  readonly #signal: AbortSignal | undefined
  #sent: SentRequest<Options>

  constructor(fetch: Fetch<Options>, input: FetchInput, init: (FetchInit & Options) | undefined, hooks: HooksOptions) {
    this.#fetch = fetch
    this.#hooks = hooks
    this.#signal = signalOf(input, init)
    this.#sent = { input: inputAsMade(input), init: initAsMade(init) }
  }

  async result(): Promise<Response> {
    const exchange = this.#watched()
    try {
      await this.#replaceRequest()
      const response = await this.#settled(exchange)
      if (this.#sent.release) onBodyEnd(response, this.#sent.release)
      exchange?.endsWith(response, this.#hooks.bytes === true)
      return response
    } catch (error) {
      this.#sent.release?.()
      exchange?.failed(error)
      throw error
    }
  }

  #watched(): WatchedExchange | undefined {
    const { onEnd } = this.#hooks
    return onEnd && new WatchedExchange(this.#signal, (end) => void tell(onEnd, { ...end, ...this.#event() }))
  }

  async #replaceRequest(): Promise<void> {
    const { onRequest } = this.#hooks
    if (!onRequest || this.#signal?.aborted) return
    const { input, init } = this.#sent
    try {
      const replacement = await this.#outcomeOf(() => onRequest(this.#event()))
      if (replacement !== undefined) this.#sent = replacedRequest(replacement, this.#sent, this.#signal)
    } catch (reason) {
      cancelUpload(input, init, reason)
      throw reason
    }
  }

  async #settled(exchange: WatchedExchange | undefined): Promise<Response> {
    let response: Response
    try {
      if (this.#signal?.aborted) {
        cancelUpload(this.#sent.input, this.#sent.init, this.#signal.reason)
        throw this.#signal.reason
      }
      // Without a `this`: a browser's own fetch refuses any but its window.
      const fetch = this.#fetch
      response = await fetch(this.#sent.input, this.#sent.init)
      assertResponse('hooks', response)
    } catch (error) {
      return this.#fallback(error)
    }
    exchange?.responded(response)
    return this.#replaced(response)
  }

  async #replaced(response: Response): Promise<Response> {
    const { onResponse } = this.#hooks
    if (!onResponse) return response
    try {
      const replacement = await this.#outcomeOf(() => onResponse({ response, ...this.#event() }))
      if (replacement === undefined || replacement === response) return response
      assertReplacement('onResponse', replacement)
      if (replacement.body !== response.body) discardAfter(replacement, response)
      return replacement
    } catch (error) {
      discard(response)
      throw error
    }
  }

  async #fallback(error: unknown): Promise<Response> {
    const { onError } = this.#hooks
    if (!onError) throw error
    try {
      const fallback = await this.#outcomeOf(() => onError({ error, ...this.#event() }))
      if (fallback === undefined) throw error
      assertReplacement('onError', fallback)
      return fallback
    } catch (thrown) {
      throw this.#signal?.aborted ? this.#signal.reason : causedBy(error, thrown)
    }
  }

  /** What a hook comes to, or the caller's own reason the moment that aborts; a response that is late is thrown away. */
  #outcomeOf(hook: () => unknown): Promise<unknown> {
    const late = (outcome: unknown): void => {
      if (isResponse(outcome)) discard(outcome)
    }
    return abortable(new Promise((resolve) => resolve(hook())), this.#signal, late)
  }

  #event(): RequestEvent {
    const { input, init } = this.#sent
    return { input, init: readOnly(init) }
  }
}

async function tell(onEnd: NonNullable<HooksOptions['onEnd']>, event: EndEvent): Promise<void> {
  try {
    await onEnd(event)
  } catch (error) {
    reportUncaught(error)
  }
}

/** Not before: a replacement may be made of the body of the replaced, and begin to read it when it is read itself. */
function discardAfter(replacement: Response, replaced: Response): void {
  onBodyEnd(replacement, () => discard(replaced))
}

function assertReplacement(hook: string, value: unknown): asserts value is Response {
  if (!isResponse(value)) throw new TypeError(`hooks: ${hook} must return a Response or nothing, got ${inWords(value)}`)
}

/** Of this realm or of another one, such as npm undici's. */
function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && 'headers' in value && 'body' in value
}
