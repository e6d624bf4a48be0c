/// <reference path="./undici.d.ts" />
import type { Dispatcher } from 'undici'
import Dispatcher1Wrapper from 'undici/lib/dispatcher/dispatcher1-wrapper.js'

/** All that a fetch needs of a dispatcher. In words of our own: undici's are of no use without the types of Node. */
export interface Dispatches {
  dispatch(options: object, handler: object): boolean
}

/** A call that is refused where it is dispatched: to be thrown as it is, not as the cause of a failed fetch. */
export class Refusal extends TypeError {}

/**
 * A dispatcher for whichever fetch calls it. Those of Node 22 and 24 speak an older language with a dispatcher than that
 * of Node 26 and that of npm's undici, which shows by what they hand over, and it has no words for HTTP/2.
 */
export class AnyFetch {
  readonly #dispatcher: Dispatches
  readonly #translating: Dispatches
  readonly #layer: string
  readonly #http2: boolean

  constructor(layer: string, dispatcher: Dispatches, http2: boolean) {
    this.#layer = layer
    this.#http2 = http2
    this.#dispatcher = dispatcher
    this.#translating = new Dispatcher1Wrapper(dispatcher)
  }

  /** What fetch calls. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if ('onRequestStart' in handler) return this.#dispatcher.dispatch(options, handler)
    if (this.#http2) throw new Refusal(`${this.#layer}: http2 needs the fetch of Node 26 or of npm's undici below it`)
    return this.#translating.dispatch(options, handler)
  }
}
