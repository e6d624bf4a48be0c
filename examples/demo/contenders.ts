import { circuitBreaker } from '@steadfetch/circuit-breaker'
import { compose, type Fetch, sleep } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { timeout } from '@steadfetch/timeout'

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

/** The stack: a total limit, retries with their budget, a limit for each attempt. */
export function hardenedFetch({ total, each }: Limits): Contender {
  return {
    name: 'steadfetch',
    code: [
      'compose(',
      commented(`timeout({ after: ${total} }),`, 'the whole call'),
      commented(`retry({ attempts: ${attempts} }),`, 'after a 429, 5xx, reset or timeout, on a budget'),
      commented(`timeout({ after: ${each} }),`, 'each attempt'),
      ')(fetch)',
    ],
    fetch: compose(
      timeout({ after: total }),
      retry({ attempts }),
      timeout({ after: each }),
    )((input, init) => globalThis.fetch(input, init)),
  }
}

/** The same stack with a circuit breaker, which counts the attempts. */
export function breakingFetch({ total, each }: Limits): Contender {
  return {
    name: '+ breaker',
    code: [
      'compose(',
      commented(`timeout({ after: ${total} }),`, 'as above'),
      commented(`retry({ attempts: ${attempts} }),`, 'as above'),
      commented('circuitBreaker(),', 'stops after 5 failures in a row, then probes'),
      commented(`timeout({ after: ${each} }),`, 'as above'),
      ')(fetch)',
    ],
    fetch: compose(
      timeout({ after: total }),
      retry({ attempts }),
      circuitBreaker(),
      timeout({ after: each }),
    )((input, init) => globalThis.fetch(input, init)),
  }
}

function commented(line: string, comment: string): string {
  return `  ${line.padEnd(28)}// ${comment}`
}
