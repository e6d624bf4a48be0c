import { type Fetch, sleep } from '@steadfetch/core'
import { harden } from 'steadfetch'

/** A way to call an upstream, and what it looks like in a program. */
export interface Contender {
  readonly name: string
  readonly code: readonly string[]
  readonly fetch: Fetch
}

/** In milliseconds. */
export interface Limits {
  /** For the call. */
  readonly total: number
  /** For each attempt. */
  readonly each: number
}

const attempts = 4
const pause = 50

/** The platform's fetch; it gets the time limit of an attempt too, or a stall would hold it up for five minutes. */
export function bareFetch({ each }: Limits): Contender {
  return {
    name: 'bare fetch',
    code: [`fetch(url, { signal: AbortSignal.timeout(${each}) })`],
    fetch: (input, init) => {
      const limit = AbortSignal.timeout(each)
      return globalThis.fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit })
    },
  }
}

/** What is written where a retry is needed in a hurry: as many attempts, with a short and fixed pause. */
export function retryLoop(limits: Limits): Contender {
  const { fetch } = bareFetch(limits)
  return {
    name: 'retry loop',
    code: [
      `for (let attempt = 1; attempt <= ${attempts}; attempt++) {`,
      '  const response = await bareFetch(url).catch(() => {})   // the one above',
      '  if (response?.ok) return response',
      `  await sleep(${pause})`,
      '}',
    ],
    fetch: async (input, init) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          const response = await fetch(input, init)
          if (response.ok || attempt === attempts) return response
          await response.body?.cancel()
        } catch (error) {
          if (attempt === attempts || init?.signal?.aborted) throw error
        }
        await sleep(pause, init?.signal ?? undefined)
      }
    },
  }
}

/** The standard stack: a total limit, retries on a budget, a circuit breaker, a limit for each attempt. */
export function hardenedFetch({ total, each }: Limits): Contender {
  return {
    name: 'steadfetch',
    code: [
      'harden({',
      '  timeout: {',
      commented(`  total: { after: ${total} },`, 'the whole call'),
      commented(`  attempt: { after: ${each} },`, 'each attempt'),
      '  },',
      commented(`retry: { attempts: ${attempts} },`, 'after a 429, 5xx, reset or timeout, on a budget'),
      '})                              // a breaker: stops after 10 failures, then probes',
    ],
    fetch: harden({ timeout: { total: { after: total }, attempt: { after: each } }, retry: { attempts } }),
  }
}

/** The same without its circuit breaker, to see what that is good for. */
export function hardenedWithoutBreaker({ total, each }: Limits): Contender {
  const timeout = { total: { after: total }, attempt: { after: each } }
  return {
    name: 'no breaker',
    code: ['harden({ …, circuitBreaker: false })   // else as steadfetch'],
    fetch: harden({ timeout, retry: { attempts }, circuitBreaker: false }),
  }
}

function commented(line: string, comment: string): string {
  return `  ${line.padEnd(30)}// ${comment}`
}
