import { signalOf } from '@steadfetch/core'
import type { Layer } from './layers.ts'
import type { Order } from './order.ts'
import { letPlatformListen } from './platform-fetch.ts'
import type { StackOptions } from './stack.ts'

/**
 * Node forgets an abort on its way through a `Request` that was collected, with layers and without
 * (https://github.com/nodejs/node/issues/55428): the one below stays as long as what may abort it.
 */
const requests = new WeakMap<AbortSignal, Request>()

/** Middleware as users write it, which know nothing of steadfetch. */
export const foreignLayers = {
  'passes everything through': (fetch) => (input, init) => fetch(input, init),

  'clones the response and reads the clone': (fetch) => async (input, init) => {
    const response = await fetch(input, init)
    response
      .clone()
      .arrayBuffer()
      .catch(() => {})
    return response
  },

  'passes a Request on': (fetch) => (input, init) => {
    const signal = signalOf(input, init)
    const request = letPlatformListen(signal, () => new Request(input, init))
    if (signal) requests.set(signal, request)
    return fetch(request)
  },

  'combines signals': (fetch) => (input, init) => {
    const signal = signalOf(input, init)
    const own = new AbortController().signal
    return fetch(input, { ...init, signal: signal ? AbortSignal.any([signal, own]) : own })
  },
} satisfies Record<string, Layer>

export type ForeignLayer = keyof typeof foreignLayers

export const foreignLayerNames = Object.keys(foreignLayers).map((name) => name as ForeignLayer)

/**
 * Whether a body that never ends is over when a retry throws its response away. A clone of it that a layer below goes
 * on reading is not: nobody above can know of that, and it is for that layer to stop.
 */
export function endsWhatIsThrownAway({ order, foreign }: StackOptions & { readonly order: Order }): boolean {
  const place = order.indexOf('retry')
  return place < 0 || foreign?.layer !== 'clones the response and reads the clone' || foreign.at <= place
}
