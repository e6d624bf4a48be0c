import { isWebStream } from './body-reads.ts'
import { startTimer } from './timer.ts'

/** What is read of an unwanted body before its connection is given up instead, in bytes. */
const drainable = 64 * 1024

/** How long that may take, in milliseconds. */
const patience = 100

/**
 * Throws a response away so that its connection is free again: a short body is read to its end, which leaves the
 * connection open for the next call; a long or slow one is cancelled. It goes on behind the caller's back and never
 * fails. A body that somebody else is reading is left alone; one of Node's streams, as node-fetch's is, is destroyed.
 */
export function discard(response: Response): void {
  // What a test double hands over too late to be asked about may be no response.
  const body = (response as Response | undefined)?.body
  if (!isWebStream(body)) {
    destroy(body)
    return
  }
  if (body.locked) return
  const ignore = (): void => {}
  if (Number(response.headers?.get?.('content-length')) > drainable) body.cancel().catch(ignore)
  else drain(body).catch(ignore)
}

function destroy(body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  if ('destroy' in body && typeof body.destroy === 'function') body.destroy()
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  const timer = startTimer(patience, () => {
    reader.cancel().catch(() => {})
  })
  timer.unref()
  try {
    for (let bytes = 0; bytes <= drainable; ) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value.byteLength
    }
    await reader.cancel()
  } finally {
    timer.stop()
  }
}
