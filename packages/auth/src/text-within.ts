import { abortable } from '@steadfetch/core'

/** The text of a response of `most` bytes at the most; undefined where it is longer, and the rest of it is cancelled. */
export async function textWithin(most: number, response: Response, signal: AbortSignal): Promise<string | undefined> {
  const { body } = response
  // What another fetch has for a body may be anything; its size shows when it is there.
  if (!isStream(body)) {
    const text = await response.text()
    return new TextEncoder().encode(text).byteLength > most ? undefined : text
  }
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let isRead = false
  try {
    for (let bytes = 0; ; ) {
      const { done, value } = await abortable(reader.read(), signal)
      if (done) {
        isRead = true
        return text + decoder.decode()
      }
      bytes += value.byteLength
      if (bytes > most) return undefined
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    if (!isRead) reader.cancel().catch(() => {})
  }
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && 'getReader' in body
}
