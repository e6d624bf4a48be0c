import { setTimeout as pause } from 'node:timers/promises'
import type { FaultServer } from '@steadfetch/test-support/fault-server'
import { type Moment, reasons } from './moments.ts'
import type { Order } from './order.ts'
import { type Outcome, outcomeOf, summaryOf } from './outcome.ts'
import type { Residue, Used } from './residue.ts'
import { Stack, type StackOptions } from './stack.ts'

let keys = 0

/** Gives calls up, and tells which of them do not fail with their caller's very reason. */
export class AbortCheck {
  readonly #server: FaultServer
  readonly #residue: Residue

  constructor(server: FaultServer, residue: Residue) {
    this.#server = server
    this.#residue = residue
  }

  /** All of them at the same time, each with a stack and a reason of its own. */
  async findings(moment: Moment, orders: readonly (StackOptions & { readonly order: Order })[]): Promise<string[]> {
    const runs = orders.map(({ order, ...options }, index) => {
      const stack = new Stack(order, moment.behindAnother ? { ...options, limit: 1 } : options)
      return this.#residue.by(stack, () => this.#run(moment, stack, reasons[index % reasons.length]))
    })
    const results = await Promise.all(runs)
    const wrong = results.flatMap((result) => result.wrong)
    const used = results.map((result) => result.used)
    return [...wrong, ...(await this.#residue.left(this.#server, used))].map((found) => `${moment.name}: ${found}`)
  }

  async #run(
    { path, behindAnother, reached, hits: most }: Moment,
    stack: Stack,
    reason: unknown,
  ): Promise<{ readonly used: Used; readonly wrong: string[] }> {
    const [caller, other] = [new AbortController(), new AbortController()]
    const wrong: string[] = []
    const holding = behindAnother
      ? outcomeOf(stack.fetch(this.#url('/silent').url, { signal: other.signal }))
      : undefined
    await until(() => holding === undefined || stack.sent.open === 1)
    const { url, key } = this.#url(path)
    let responded = false
    const calling = stack.fetch(url, { signal: caller.signal }).then((response) => {
      responded = true
      return response
    })
    const ending = outcomeOf(calling)
    await until(() => reached?.(stack, this.#server.hits(key), responded) ?? true)
    const aborted = performance.now()
    caller.abort(reason)
    const outcome = await ending
    if (performance.now() - aborted > 10_000) wrong.push('it did not end with the abort')
    if (!isReason(outcome, reason)) wrong.push(`${summaryOf(outcome)} (${outcome.error}) instead of ${reason}`)
    other.abort()
    await holding
    if (this.#server.hits(key) > most) wrong.push(`${this.#server.hits(key)} requests`)
    const signals = behindAnother ? [caller.signal, other.signal] : [caller.signal]
    return { used: { stack, signals }, wrong: wrong.map((found) => `${stack.name}: ${found}`) }
  }

  #url(path: string): { readonly url: string; readonly key: string } {
    keys += 1
    const key = `abort-${keys}`
    return { url: this.#server.url(path, { key }), key }
  }
}

/** Of a falsy reason the platform itself makes an `AbortError` where a body fails; the call still fails with it. */
function isReason({ failed, error }: Outcome, reason: unknown): boolean {
  if (failed === 'body' && !reason) return error instanceof DOMException && error.name === 'AbortError'
  return failed !== undefined && Object.is(error, reason)
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await pause(1)
}
