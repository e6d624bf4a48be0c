import type { FaultServer } from '@steadfetch/test-support/fault-server'
import type { Order } from './order.ts'
import { hashOf, outcomeOf, summaryOf } from './outcome.ts'
import type { Residue } from './residue.ts'
import { Stack, type StackOptions } from './stack.ts'

/** Failures that pass, as the parameters of the server's `/flaky`, and whether they come to an end by themselves. */
export const transientFailures = {
  'a 503': { ends: true, parameters: { as: '503' } },
  'a reset': { ends: true, parameters: { as: 'reset' } },
  'a connection closed': { ends: true, parameters: { as: 'close' } },
  'a 429 with Retry-After': { ends: true, parameters: { as: '429', 'retry-after': '0' } },
  'a 503 whose body never ends': { ends: false, parameters: { as: '/endless' } },
  'a 503 whose body stalls': { ends: false, parameters: { as: '/stalling' } },
} as const

export type TransientFailure = keyof typeof transientFailures

const size = 3000

let keys = 0

/** Meets stacks with a failure that passes, and tells which of them do not come to the right bytes after it. */
export class RecoveryCheck {
  readonly #server: FaultServer
  readonly #residue: Residue
  readonly #right: string

  /** @param right the hash of what `/bytes?size=3000` sends. */
  constructor(server: FaultServer, residue: Residue, right: Uint8Array) {
    this.#server = server
    this.#residue = residue
    this.#right = hashOf(right)
  }

  static readonly size = size

  /** All of them at the same time, each with a stack of its own, which is used twice. */
  async findings(
    failure: TransientFailure,
    orders: readonly (StackOptions & { readonly order: Order })[],
  ): Promise<string[]> {
    const used = orders.map(({ order, ...options }) => ({
      stack: new Stack(order, options),
      signals: [new AbortController().signal, new AbortController().signal],
    }))
    const wrong = await Promise.all(
      used.map(({ stack, signals }) =>
        this.#residue.by(stack, async () => {
          const found = await Promise.all(signals.map((signal) => this.#call(failure, stack, signal)))
          return found.flatMap((one) => one.map((what) => `${stack.name}: ${what}`))
        }),
      ),
    )
    const left = await this.#residue.left(this.#server, used)
    return [...wrong.flat(), ...left].map((found) => `after ${failure}: ${found}`)
  }

  async #call(failure: TransientFailure, stack: Stack, signal: AbortSignal): Promise<string[]> {
    keys += 1
    const key = `recovery-${keys}`
    const fail = stack.order.includes('retry') ? 1 : 0
    const { parameters } = transientFailures[failure]
    const url = this.#server.url('/flaky', { key, fail, next: `/bytes?size=${size}`, ...parameters })
    const outcome = await outcomeOf(stack.fetch(url, { signal }))
    const hits = this.#server.hits(key)
    const found: string[] = []
    if (!outcome.bytes || outcome.status !== 200 || hashOf(outcome.bytes) !== this.#right) {
      found.push(summaryOf(outcome))
    }
    if (hits !== fail + 1) found.push(`${hits} requests instead of ${fail + 1}`)
    return found
  }
}
