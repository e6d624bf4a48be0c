import { onBodyEnd } from './body-end.ts'
import { type BodyWatcher, isWebStream, watchBody } from './body-reads.ts'

/**
 * How an exchange ended. `complete`: the body was read to its end, or there was none. `cancelled`: whoever read it
 * stopped before. `abandoned`: nobody read it, and nobody has it any more. `ended`: one of these three, and as the bytes
 * were not counted, nobody knows which. `aborted`: the caller's signal ended the call or the body. `failed`: anything
 * else that did.
 */
export type Outcome = 'complete' | 'cancelled' | 'abandoned' | 'ended' | 'aborted' | 'failed'

/** What is known of an exchange that is over. Durations are in milliseconds. */
export interface ExchangeEnd {
  readonly outcome: Outcome
  /** What the call, or the reading of its body, failed with. */
  readonly error?: unknown
  /** Of the response, where there was one. */
  readonly status?: number
  /** From the call to the response's headers, where they came. */
  readonly headersAfter?: number
  /** From the call to the end of the body, or to the failure. */
  readonly duration: number
  /** What was read of the body, in bytes and after decompression: where they were counted, or there was no body. */
  readonly bytes?: number
  /** What `Content-Length` announced, where that is the length of the body as it is read. */
  readonly contentLength?: number
}

/**
 * The times of one call, and how it ends. It knows nothing of the response: what waits for the end of a body must not
 * keep alive what it waits to see collected.
 */
export class WatchedExchange {
  readonly #signal: AbortSignal | undefined
  readonly #started = performance.now()
  #callback: ((end: ExchangeEnd) => void) | undefined
  #headers: Pick<ExchangeEnd, 'status' | 'headersAfter' | 'contentLength'> = {}

  /**
   * @param signal the caller's.
   * @param callback told once. It must not throw, nor refer to the response.
   */
  constructor(signal: AbortSignal | undefined, callback: (end: ExchangeEnd) => void) {
    this.#signal = signal
    this.#callback = callback
  }

  /** The headers have come. */
  responded({ status }: Response): void {
    this.#headers = { status, headersAfter: performance.now() - this.#started }
  }

  /** The exchange is over when the body of this response is. To count its bytes costs a look at every chunk. */
  endsWith(response: Response, countBytes: boolean): void {
    const { status, body } = response
    const contentLength = body ? contentLengthOf(response.headers) : undefined
    this.#headers = { ...this.#headers, status, ...(contentLength === undefined ? {} : { contentLength }) }
    if (!body) {
      this.#end({ outcome: 'complete', bytes: 0 })
      return
    }
    const reads = countBytes && isWebStream(body) && !body.locked ? new Reads(response) : undefined
    if (reads) watchBody(response, reads)
    onBodyEnd(response, ending(this, reads))
  }

  /** The call has failed, or its body has. */
  failed(error: unknown, bytes?: number): void {
    const outcome = this.#signal?.aborted ? 'aborted' : 'failed'
    this.#end({ outcome, error, ...(bytes === undefined ? {} : { bytes }) })
  }

  /** The body is over, and nothing has failed. */
  ended(reads?: { readonly outcome: Outcome; readonly bytes: number }): void {
    const outcome = reads?.outcome ?? 'ended'
    this.#end(reads && outcome !== 'ended' ? { outcome, bytes: reads.bytes } : { outcome })
  }

  #end(end: Omit<ExchangeEnd, 'duration'>): void {
    const callback = this.#callback
    this.#callback = undefined
    callback?.({ ...this.#headers, ...end, duration: performance.now() - this.#started })
  }
}

/** Counts what is read of a body. Weakly, or the response would be kept alive by its own body. */
class Reads implements BodyWatcher {
  bytes = 0
  readonly #response: WeakRef<Response>
  #asked = false
  #complete = false
  #over = false

  constructor(response: Response) {
    this.#response = new WeakRef(response)
  }

  /** Of a body that is over without an error. */
  get outcome(): Outcome {
    if (this.#complete) return 'complete'
    // A body that is over although its stream is not has been collected, half-way through.
    if (this.#asked) return this.#over ? 'cancelled' : 'abandoned'
    // The platform itself cancels a body whose response was collected before anyone read it.
    if (this.#response.deref() === undefined) return 'abandoned'
    return this.#over ? 'cancelled' : 'ended'
  }

  waiting(): void {
    this.#asked = true
    this.#complete = false
  }

  arrived(bytes: number): void {
    this.bytes += bytes
    // An empty chunk, which a stream of a program's own may have, looks like this too; then a further one is asked for.
    this.#complete = bytes === 0
  }

  over(): void {
    this.#over = true
  }
}

/** In a function of its own: a closure made beside the response would keep it alive. */
function ending(exchange: WatchedExchange, reads: Reads | undefined): (error?: unknown) => void {
  return (error) => {
    if (error === undefined) exchange.ended(reads)
    else exchange.failed(error, reads?.bytes)
  }
}

/** The length of a body as it is read: not that of one that was compressed on its way. */
function contentLengthOf(headers: Headers | undefined): number | undefined {
  if (typeof headers?.get !== 'function') return undefined
  const length = headers.get('content-length') ?? ''
  return /^\d{1,15}$/.test(length) && !headers.has('content-encoding') ? Number(length) : undefined
}
