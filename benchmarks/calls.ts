import { setImmediate } from 'node:timers/promises'
import type { Fetch, FetchInit } from '../packages/core/src/core.ts'
import type { Slice } from './paired.ts'

/** Calls that never leave the process; after every 20 the event loop turns, for what a body's end has set off. */
export function instantSlice(fetch: Fetch, init: FetchInit): Slice {
  return async (milliseconds) => {
    const end = performance.now() + milliseconds
    let calls = 0
    while (performance.now() < end) {
      for (let call = 0; call < 20; call += 1) {
        const response = await fetch('http://instant.test/', init)
        if (response.body !== null) await response.json()
      }
      calls += 20
      await setImmediate()
    }
    return calls
  }
}

/** Calls over the network, so many at a time; the body is read and parsed. */
export function networkSlice(fetch: Fetch, url: string, init: FetchInit, concurrency: number): Slice {
  return async (milliseconds) => {
    const end = performance.now() + milliseconds
    let calls = 0
    const caller = async (): Promise<void> => {
      while (performance.now() < end) {
        const response = await fetch(url, init)
        await response.json()
        calls += 1
      }
    }
    await Promise.all(Array.from({ length: concurrency }, caller))
    return calls
  }
}
