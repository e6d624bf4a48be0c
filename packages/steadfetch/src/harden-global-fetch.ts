import type { Fetch } from '@steadfetch/core'
import { ConfigError } from './config-error.ts'
import type { HardenedFetch } from './harden.ts'
import { withoutPerCall } from './without-per-call.ts'

/** What has a global fetch. */
export interface Scope {
  fetch: typeof globalThis.fetch
}

/** The same for all copies of the library. */
const mark = Symbol.for('steadfetch.register')

/**
 * Puts a hardened fetch in the place of the global one, where it looks like that: it has no options per call, and nothing
 * to close. Whoever has taken the global one before still has that.
 *
 * @returns the hardened fetch; undefined where this has been done already, by any copy of the library.
 * @throws {ConfigError} where there is no fetch.
 */
export function hardenGlobalFetch(
  around: (fetch: Fetch) => HardenedFetch,
  scope: Scope = globalThis,
): HardenedFetch | undefined {
  if (Reflect.has(scope, mark)) return undefined
  const original: unknown = scope.fetch
  if (typeof original !== 'function') throw new ConfigError('there is no global fetch to harden')
  const hardened = around(scope.fetch)
  const fetch = withoutPerCall(hardened)
  for (const property of ['name', 'length']) {
    const { [property]: descriptor } = Object.getOwnPropertyDescriptors(original)
    if (descriptor) Object.defineProperty(fetch, property, descriptor)
  }
  scope.fetch = fetch
  Object.defineProperty(scope, mark, { value: true })
  return hardened
}
