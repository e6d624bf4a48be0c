import { abortable } from './abort.ts'
import { isRequest, withInit } from './call.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

/** Options for sending a body again. */
export interface ReplayOptions {
  /**
   * How much of a `Request`'s body is kept so that it can be sent again, in bytes. A larger one is sent once.
   * @default 1048576 (1 MiB)
   */
  maxBytes?: number
}

/** A call whose body may have to be sent again. */
export interface Replay<Init> {
  /**
   * The `init` for the next time, with the same input; undefined when the body can be sent only once.
   * It may have to wait for the rest of a body that is still being read; the signal ends that wait with its reason.
   */
  again(signal?: AbortSignal): Promise<{ init: Init | undefined } | undefined>
  /** No further attempt will be made: what was kept is let go. */
  release(): void
}

/** The default of {@link ReplayOptions.maxBytes}. */
export const replayMaxBytes = 1024 * 1024

const sendableAgain = new Set(['ArrayBuffer', 'Blob', 'File', 'FormData', 'URLSearchParams'])

const bodiless = /^(GET|HEAD)$/

/**
 * Call it before the first attempt. A body in `init` is sent again as it is, unless it can be read only once. The body
 * of a `Request` is copied while the first attempt sends it, up to `maxBytes`: a request that is made up to that size
 * can be repeated, and none is ever repeated with less of its body than it had.
 */
export function prepareReplay<Init extends FetchInit>(
  input: FetchInput,
  init: Init | undefined,
  maxBytes = replayMaxBytes,
): Replay<Init> {
  const body = init?.body ?? undefined
  if (body !== undefined) return isSendableAgain(body) ? unchanged(init) : once
  if (!isRequest(input) || input.body === null || bodiless.test(input.method)) return unchanged(init)
  return input.bodyUsed || input.body?.locked ? once : copied(input, init, maxBytes)
}

const once: Replay<never> = { again: async () => undefined, release: () => {} }

function unchanged<Init>(init: Init | undefined): Replay<Init> {
  return new Unchanged(init)
}

/** A class, as most calls have one. */
class Unchanged<Init> implements Replay<Init> {
  readonly #init: Init | undefined

  constructor(init: Init | undefined) {
    this.#init = init
  }

  async again(): Promise<{ init: Init | undefined }> {
    return { init: this.#init }
  }

  release(): void {}
}

function copied<Init extends FetchInit>(request: Request, init: Init | undefined, maxBytes: number): Replay<Init> {
  const copy = request.clone()
  const reader = copy.body?.getReader()
  const bytes = reader ? collect(reader, maxBytes) : blobOf(copy, maxBytes)
  let released = false
  return {
    again: async (signal) => {
      const body = await abortable(bytes, signal)
      return body && !released ? { init: withInit(init, { body }) } : undefined
    },
    release: () => {
      released = true
      if (reader) letGo(reader)
    },
  }
}

/** All that the reader gives, as long as it is no more than `most` bytes and nothing fails. */
async function collect(reader: ReadableStreamDefaultReader<Uint8Array>, most: number): Promise<Blob | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  try {
    for (let size = 0; ; ) {
      const { done, value } = await reader.read()
      if (done) return new Blob(chunks)
      size += value.byteLength
      // Not `size > most`: a chunk that is no bytes has no length, and what has it can be sent once at the most.
      if (!(size <= most)) break
      chunks.push(new Uint8Array(value))
    }
  } catch {
    // The attempt that reads the other branch meets the same failure, and is the one to tell of it.
  }
  letGo(reader)
  return undefined
}

/** Where a request does not show its body as a stream, in Firefox, the body is in memory as it is. */
async function blobOf(request: Request, most: number): Promise<Blob | undefined> {
  try {
    const blob = await request.blob()
    // Without its type, which the request has in its headers already.
    return blob.size <= most ? new Blob([blob]) : undefined
  } catch {
    return undefined
  }
}

/** Not awaited by anyone: the promise of one branch of a clone waits for the other branch. */
function letGo(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader.cancel().catch(() => {})
}

function isSendableAgain(body: unknown): boolean {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return sendableAgain.has(Object.prototype.toString.call(body).slice('[object '.length, -1))
}
