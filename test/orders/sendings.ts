import type { FetchInit, FetchInput } from '@steadfetch/core'
import { letPlatformListen } from './platform-fetch.ts'

/** A call with a body, and whether it may be made twice. */
export interface Sending {
  readonly name: string
  /** Whether a retry may send it again: not what could do harm, and not what can be read only once. */
  readonly repeatable: boolean
  /** Whether its body can be read only once, until somebody makes a `Request` of it: that has to keep it. */
  readonly stream?: true
  make(url: string, signal: AbortSignal): readonly [FetchInput, FetchInit]
}

export const text = `a body, ${'and more of it, '.repeat(100)}and its end`

/** A body that can be read once. */
function stream(): ReadableStream {
  return new Blob([text]).stream()
}

/** `duplex` is what Node asks for beside a stream. */
const streaming = { duplex: 'half' } as const

export const sendings: readonly Sending[] = [
  {
    name: 'a POST without a key',
    repeatable: false,
    make: (url, signal) => [url, { method: 'POST', body: text, signal }],
  },
  {
    name: 'a PATCH as a Request',
    repeatable: false,
    make: (url, signal) => {
      const init = { method: 'PATCH', body: text, signal }
      return [letPlatformListen(signal, () => new Request(url, init)), {}]
    },
  },
  {
    name: 'a POST with a key',
    repeatable: true,
    make: (url, signal) => [url, { method: 'POST', body: text, headers: { 'idempotency-key': url }, signal }],
  },
  {
    name: 'a PUT as a Request',
    repeatable: true,
    make: (url, signal) => [
      letPlatformListen(signal, () => new Request(url, { method: 'PUT', body: text, signal })),
      {},
    ],
  },
  {
    name: 'a PUT of bytes',
    repeatable: true,
    make: (url, signal) => [url, { method: 'PUT', body: new TextEncoder().encode(text), signal }],
  },
  {
    name: 'a PUT of a stream',
    repeatable: false,
    stream: true,
    make: (url, signal) => [url, { method: 'PUT', body: stream(), signal, ...streaming }],
  },
]
