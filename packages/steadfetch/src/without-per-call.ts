import { type Fetch, type FetchInit, withoutOption } from '@steadfetch/core'
import type { PerCall } from './stack.ts'

const names: Readonly<Record<keyof PerCall, true>> = {
  httpErrors: true,
  defaults: true,
  log: true,
  hooks: true,
  timeout: true,
  redirects: true,
  cookies: true,
  retry: true,
  circuitBreaker: true,
  concurrency: true,
  auth: true,
}

/**
 * A hardened fetch that takes no options per call, for callers that were not written for it: they mean something else by
 * members of these names, or nothing. ofetch and gaxios hand their own `timeout` and `retry` on to the fetch that they
 * are given, and the platform's ignores `timeout: 5000`.
 */
export function withoutPerCall(fetch: Fetch<PerCall>): Fetch {
  // Async, because the platform's throws nothing either: it rejects.
  return async (input, init) => fetch(input, platformsOwn(init))
}

function platformsOwn(init: FetchInit | undefined): FetchInit | undefined {
  return Object.keys(names).reduce((rest, name) => withoutOption(name, rest), init)
}
