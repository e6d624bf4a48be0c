import { type FetchInit, type FetchInput, isRequest, withInit } from '@steadfetch/core'

/** A call as a server would have seen it. */
export class RecordedCall {
  /** What fetch was called with. */
  readonly input: FetchInput
  /** What fetch was called with. */
  readonly init: FetchInit | undefined
  /** The whole URL, without a fragment. */
  readonly url: string
  readonly method: string
  /** A copy, with the content type that the platform gives a body. */
  readonly headers: Headers
  /** `Date.now()` of the call, in milliseconds; fake timers are respected. */
  readonly at = Date.now()
  readonly #request: Request
  #text: Promise<string> | undefined

  /**
   * Takes the body of a `Request`, as fetch does.
   *
   * @param shared whether somebody else is to read the body of a `Request`.
   * @throws {TypeError} for a call that the platform's fetch would refuse.
   */
  constructor(input: FetchInput, init: FetchInit | undefined, shared: boolean) {
    // Without the signal, on which a Request would leave a listener.
    this.#request = new Request(shared && isRequest(input) ? input.clone() : input, withInit(init, { signal: null }))
    this.input = input
    this.init = init
    this.url = this.#request.url.replace(/#.*/s, '')
    this.method = this.#request.method
    this.headers = new Headers(this.#request.headers)
  }

  /** The body as text, as often as it is asked for; empty where there is none. Not a stream that a reply function reads. */
  text(): Promise<string> {
    this.#text ??= this.#request.text()
    return this.#text
  }

  /** The body as JSON. */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}
