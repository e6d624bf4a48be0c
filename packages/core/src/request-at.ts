import { abortable } from './abort.ts'
import { assertResponse } from './assert.ts'
import { onBodyEnd } from './body-end.ts'
import { initOf, isRequest, withInit } from './call.ts'
import { DerivedSignal } from './derived-signal.ts'
import type { Fetch, FetchInit, FetchInput } from './fetch.ts'
import { replayMaxBytes } from './replay.ts'
import { startTimer } from './timer.ts'

/** A call as it goes inward, to another URL than the one that was given. */
export interface RequestAt<Init> {
  readonly input: string
  readonly init: Init | undefined
  /** To be called when the exchange is over, body and all. */
  release(): void
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>

/** How long a body may take to become known as a short one, in milliseconds. */
const patience = 100

const bodiless = /^(GET|HEAD)$/

/**
 * Makes the same call to another URL, on behalf of a layer; see {@link requestAt}.
 *
 * @throws {TypeError} that names the layer, when the fetch comes to no response.
 */
export async function fetchAt<Options>(
  layer: string,
  fetch: Fetch<Options>,
  url: string,
  input: FetchInput,
  init: (FetchInit & Options) | undefined,
): Promise<Response> {
  const sent = await requestAt(url, input, init)
  try {
    const response = await fetch(sent.input, sent.init)
    assertResponse(layer, response)
    onBodyEnd(response, sent.release)
    return response
  } catch (error) {
    sent.release()
    throw error
  }
}

/**
 * The same call to another URL. A `Request` goes along with all that it is made of; its body is sent once and whole, and
 * keeps its Content-Length where it is no more than 1 MiB and all there within 100 ms: what is longer, or still being
 * made, is sent as a stream.
 *
 * @throws {TypeError} when the body of the `Request` has been read already.
 * @throws the caller's own reason, when that aborts while the body is being looked at.
 */
export async function requestAt<Init extends FetchInit>(
  url: string,
  input: FetchInput,
  init: Init | undefined,
): Promise<RequestAt<Init>> {
  if (!isRequest(input)) return { input: url, init, release: () => {} }
  // The signal of a Request follows the caller's for as long as there is the Request, which nobody else may keep.
  const derived = new DerivedSignal(input, init)
  try {
    derived.signal.throwIfAborted()
    const made: Init = withInit(initOf(input, init), { signal: derived.signal })
    const body = hasBodyOf(input, init) ? await bodyOf(input, derived.signal) : undefined
    const sent: Init = body === undefined ? made : withInit(made, { body, ...streaming(body) })
    return { input: url, init: sent, release: () => derived.release() }
  } catch (error) {
    derived.release()
    throw error
  }
}

/** Whether it is the body of the `Request` that is sent: a null in `init` does not take it away (fetch standard). */
function hasBodyOf(request: Request, init: FetchInit | undefined): boolean {
  return (init?.body ?? null) === null && request.body !== null && !bodiless.test(request.method)
}

function streaming(body: unknown): object {
  return body instanceof ReadableStream ? { duplex: 'half' } : {}
}

async function bodyOf(request: Request, signal: AbortSignal): Promise<Blob | ReadableStream<Uint8Array<ArrayBuffer>>> {
  if (request.bodyUsed || request.body?.locked) {
    throw new TypeError('fetch: the body of the Request has been read already')
  }
  // Where a request does not show its body as a stream, in Firefox, the body is in memory as it is.
  if (!request.body) return new Blob([await abortable(request.blob(), signal)])
  const beginning = new Beginning(request.body.getReader())
  try {
    return (await abortable(beginning.whole(), signal)) ?? beginning.stream()
  } catch (reason) {
    beginning.cancel(reason)
    throw reason
  }
}

/** What a body begins with, which is all of it or not. */
class Beginning {
  readonly #reader: Reader
  readonly #chunks: Uint8Array<ArrayBuffer>[] = []
  #next: ReturnType<Reader['read']> | undefined

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** All of the body, where it is short and there in time. Never fails: what does is for the stream to tell. */
  async whole(): Promise<Blob | undefined> {
    let tooLate = (): void => {}
    const late = new Promise<undefined>((resolve) => {
      tooLate = () => resolve(undefined)
    })
    const timer = startTimer(patience, tooLate)
    try {
      for (let size = 0; ; ) {
        this.#next = this.#reader.read()
        const result = await Promise.race([this.#next, late])
        if (result === undefined) return undefined
        // Without its type, which the headers have already.
        if (result.done) return new Blob(this.#chunks)
        this.#next = undefined
        this.#chunks.push(result.value)
        size += result.value.byteLength
        // Not `size > most`: a chunk that is no bytes has no length, and is for the platform to refuse.
        if (!(size <= replayMaxBytes)) return undefined
      }
    } catch {
      return undefined
    } finally {
      timer.stop()
    }
  }

  /** What has been read of the body, and then the rest. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> => {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return controller.enqueue(chunk)
      const next = this.#next ?? this.#reader.read()
      this.#next = undefined
      const { done, value } = await next
      if (done) controller.close()
      else controller.enqueue(value)
    }
    return new ReadableStream({ pull, cancel: (reason) => this.#reader.cancel(reason) }, { highWaterMark: 0 })
  }

  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {})
  }
}
