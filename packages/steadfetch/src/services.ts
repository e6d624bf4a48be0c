import { assertFunction, type Fetch, type FetchInput, inWords, urlOf } from '@steadfetch/core'
import { findingsOf } from './findings.ts'
import { type HardenedFetch, harden } from './harden.ts'
import { faultOfPattern, originPattern, withoutUser } from './origin-pattern.ts'
import type { Policy } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import type { PerCall } from './stack.ts'

/**
 * Policies by the origins that they are for: `https://api.example.com`, `https://*.example.com` for every name below, or
 * `*` for all others. `false` leaves a service as it is.
 */
export type Policies = Readonly<Record<string, Policy | false>>

/**
 * A fetch that calls each service by a policy of its own: the most specific one that fits the URL. What none fits goes to
 * the fetch below as it is. Nothing of their state is shared.
 *
 * @throws {PolicyError} at once, with all that is wrong with all of them.
 */
export function services(policies: Policies, fetch?: Fetch): HardenedFetch {
  if (fetch !== undefined) assertFunction('services: fetch', fetch)
  const findings = findingsOfAll(policies)
  if (findings.length > 0) throw new PolicyError(findings)
  const base: Fetch = fetch ?? ((input, init) => globalThis.fetch(input, init))
  const made = Object.entries(policies)
    .map(([pattern, policy]) => ({ ...originPattern(pattern), fetch: policy ? harden(policy, base) : undefined }))
    .sort((one, other) => other.rank - one.rank)
  const serviceOf = (input: FetchInput) => {
    const url = urlOf(input)
    return made.find(({ fits }) => fits(url))
  }

  // Async, because what is no URL has to reject, as with the platform's.
  const calling: Fetch<PerCall> = async (input, init) => (serviceOf(input)?.fetch ?? base)(input, init)
  const close = async (): Promise<void> => {
    await Promise.all(made.map(({ fetch }) => fetch?.close()))
  }
  const describe = (url?: FetchInput): string => {
    const shown = url === undefined ? made : [serviceOf(url)]
    return shown
      .map((service) => {
        if (!service) return `${inWords(String(url))} has no policy: it goes to the fetch below as it is`
        return service.fetch ? `${service.pattern}\n${service.fetch.describe()}` : `${service.pattern} is left as it is`
      })
      .join('\n')
  }
  return Object.assign(calling, { describe, close, [Symbol.asyncDispose]: close })
}

function findingsOfAll(policies: unknown): string[] {
  if (typeof policies !== 'object' || policies === null || Symbol.iterator in policies) {
    const got = Symbol.iterator in Object(policies) && typeof policies === 'object' ? 'a list' : inWords(policies)
    return [`services: policies must be an object, as in { 'https://api.example.com': {} }, got ${got}`]
  }
  const patterns = new Set<string>()
  return Object.entries(policies).flatMap(([pattern, policy]) => {
    const fault = faultOfPattern(pattern)
    const same = patterns.has(normalOf(pattern)) ? 'the same pattern is there twice' : undefined
    patterns.add(normalOf(pattern))
    const findings = policy === false ? [] : findingsOf(policy)
    const own = findings.length === 0 && fault === undefined ? strangeBase(pattern, policy) : undefined
    const all = [fault, same, own, ...findings].filter((finding) => finding !== undefined)
    return all.map((finding) => `services: ${withoutUser(pattern)}: ${finding}`)
  })
}

/** A base URL of another service, to whose calls this policy is never applied. */
function strangeBase(pattern: string, policy: Policy | false): string | undefined {
  const { defaults = false } = policy || {}
  const { baseUrl } = defaults || {}
  if (baseUrl === undefined || originPattern(pattern).fits(new URL(baseUrl))) return undefined
  return 'defaults: baseUrl leads to another service: give it to the policy of that one, or call that by whole URLs'
}

function normalOf(pattern: string): string {
  return URL.parse(pattern)?.origin ?? pattern
}
