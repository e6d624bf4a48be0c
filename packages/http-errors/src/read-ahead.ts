import { abortable, discard } from '@steadfetch/core'

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>

/** What is read at most, in bytes. */
const most = 64 * 1024

/**
 * The body of a response, which can be read by others afterwards as if nobody had. Undefined where it is longer than
 * 64 KiB, where it fails, and where there is none to be read.
 *
 * @throws the caller's own reason, at once, when that aborts; the response is thrown away.
 */
export async function readAhead(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = readerOfCopy(response)
  if (reader === undefined) return undefined
  try {
    return await abortable(beginning(reader), signal)
  } catch (reason) {
    letGo(reader)
    discard(response)
    throw reason
  }
}

/** Undefined for a body that is read already, and one that is no web stream: those of Node stall when they are copied. */
function readerOfCopy(response: Response): Reader | undefined {
  const { body } = response
  if (typeof body?.getReader !== 'function' || body.locked || response.bodyUsed) return undefined
  return response.clone().body?.getReader()
}

/** Never fails: whoever reads the response meets the same failure. */
async function beginning(reader: Reader): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  try {
    for (let size = 0; size <= most; ) {
      const { done, value } = await reader.read()
      if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer())
      chunks.push(value)
      size += value.byteLength
    }
  } catch {
    // The response stays as it is.
  }
  letGo(reader)
  return undefined
}

/** Not awaited by anyone: the promise of one branch of a clone waits for the other branch. */
function letGo(reader: Reader): void {
  reader.cancel().catch(() => {})
}
