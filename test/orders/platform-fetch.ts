import { getEventListeners } from 'node:events'
import { type Fetch, signalOf } from '@steadfetch/core'

/** Listeners that the platform has put on a signal by itself, and takes away when it collects its garbage. */
const ofPlatform = new WeakSet<object>()

/** How many listen to a signal, those aside that the platform's own `fetch` and `Request` have put there. */
export function listenersOf(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').filter((listener) => !ofPlatform.has(listener)).length
}

/** Runs something of the platform's that may listen to the signal by itself. */
export function letPlatformListen<Value>(signal: AbortSignal | undefined, run: () => Value): Value {
  if (!signal) return run()
  const before = new Set(getEventListeners(signal, 'abort'))
  const value = run()
  for (const listener of getEventListeners(signal, 'abort')) if (!before.has(listener)) ofPlatform.add(listener)
  return value
}

/** The platform's own, whose listeners are known from those of the layers. */
export const platformFetch: Fetch = (input, init) => letPlatformListen(signalOf(input, init), () => fetch(input, init))
