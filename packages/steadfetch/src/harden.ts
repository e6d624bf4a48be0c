import { assertFunction, type Fetch, type FetchInput, type Middleware } from '@steadfetch/core'
import { descriptionOf } from './description.ts'
import { findingsOf } from './findings.ts'
import type { Policy } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import { type PerCall, type Stack, stackOf } from './stack.ts'

/** What can be asked of a policy at work. */
export interface Hardened extends AsyncDisposable {
  /** The stack in words, the outermost layer first; of `services`, that of the URL. */
  describe(url?: FetchInput): string
  /** Lets go of the connections that a policy with `pool` or `proxy` has of its own; there is nothing to close without. */
  close(): Promise<void>
}

/** A fetch with the layers of a policy around it; it stands wherever the platform's does. */
export type HardenedFetch = Fetch<PerCall> & Hardened

/** The layers of a policy as one middleware, for those of your own on either side. */
export type Standard = Middleware<PerCall> & Hardened

/**
 * The standard stack: a total timeout, retries, a circuit breaker, a timeout for each attempt, and whatever else the
 * policy asks for. Every fetch that it is put around has state of its own, but for connections and what is handed in.
 *
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function standard(policy: Policy = {}): Standard {
  const findings = findingsOf(policy)
  if (findings.length > 0) throw new PolicyError(findings)
  const stack = stackOf(policy)
  const middleware = <Inner>(fetch: Fetch<Inner>): Fetch<Inner & PerCall> => {
    assertFunction('standard: fetch', fetch)
    // What each layer accepts is known to the types of the whole.
    return stack.around(fetch as Fetch) as Fetch<Inner & PerCall>
  }
  return Object.assign(middleware, handle(stack))
}

/**
 * A fetch that is fit for production, in one line: `harden()`. It breaks no stream, no mock and no proxy setting of the
 * program; the global `fetch` is looked up when it is called.
 *
 * @param fetch what to put the stack around. @default the global one
 * @throws {PolicyError} at once, with all that is wrong with the policy.
 */
export function harden(policy: Policy = {}, fetch?: Fetch): HardenedFetch {
  if (fetch !== undefined) assertFunction('harden: fetch', fetch)
  const layers = standard(policy)
  const calling = layers(fetch ?? ((input, init) => globalThis.fetch(input, init)))
  const { describe, close } = layers
  return Object.assign<Fetch<PerCall>, Hardened>((input, init) => calling(input, init), {
    describe,
    close,
    [Symbol.asyncDispose]: close,
  })
}

function handle({ parts, close }: Stack): Hardened {
  // As it is now: what somebody does to the policy later changes nothing.
  const words = descriptionOf(parts)
  return { describe: () => words, close, [Symbol.asyncDispose]: close }
}
