import { setTimeout as startTimer } from 'node:timers'
import type { FaultServer } from '@steadfetch/test-support/fault-server'
import type { Fault } from './faults.ts'
import type { Order } from './order.ts'
import { type Outcome, outcomeOf, summaryOf } from './outcome.ts'
import type { Residue, Used } from './residue.ts'
import { Stack, type StackOptions } from './stack.ts'

/** When a caller gives up whose stack has no timeout, in milliseconds. */
const patience = 200

let keys = 0

/** Meets stacks with a fault, and tells what is wrong about what they make of it. */
export class FaultCheck {
  readonly #server: FaultServer
  readonly #residue: Residue

  constructor(server: FaultServer, residue: Residue) {
    this.#server = server
    this.#residue = residue
  }

  /** All of them at the same time, each with a stack of its own. */
  async findings(fault: Fault, orders: readonly (StackOptions & { readonly order: Order })[]): Promise<string[]> {
    const bare = fault.limits ? undefined : summaryOf(await outcomeOf(fetch(this.#url(fault).url)))
    const runs = orders.map((options) => this.#run(fault, bare, options))
    const results = await Promise.all(runs)
    const used = results.map((result) => result.used)
    const wrong = results.flatMap((result) => result.wrong)
    return [...wrong, ...(await this.#residue.left(this.#server, used))].map((found) => `${fault.path}: ${found}`)
  }

  async #run(
    fault: Fault,
    bare: string | undefined,
    { order, ...options }: StackOptions & { readonly order: Order },
  ): Promise<{ readonly used: Used; readonly wrong: string[] }> {
    const stack = new Stack(order, { ...options, ...(fault.limits && { limits: fault.limits }) })
    const caller = new AbortController()
    const { url, key } = this.#url(fault)
    const outcome = await this.#residue.by(stack, async () => {
      const calling = stack.fetch(url, { signal: caller.signal })
      if (fault.limits && !order.includes('timeout')) startTimer(() => caller.abort(caller), patience)
      return outcomeOf(calling)
    })
    const wrong = this.#wrong(outcome, bare, caller)
    const hits = this.#server.hits(key)
    const repeated = typeof fault.repeated === 'function' ? fault.repeated(order) : fault.repeated
    const expected = repeated && order.includes('retry') ? stack.attempts : 1
    // Where the clock decides, a slow machine may have had no time for as many.
    const enough = fault.limits ? hits <= expected : hits === expected
    if (!enough) wrong.push(`${hits} requests instead of ${expected}`)
    const used = { stack, signals: [caller.signal] }
    return { used, wrong: wrong.map((found) => `${stack.name}: ${found}`) }
  }

  /** What the stack came to is what the platform came to; where that would wait for ever, it is the timeout's error. */
  #wrong(outcome: Outcome, bare: string | undefined, caller: AbortController): string[] {
    if (caller.signal.aborted) return outcome.error === caller ? [] : [`not the caller's reason: ${outcome.error}`]
    const summary = summaryOf(outcome)
    const right = bare === undefined ? /: timeout$/.test(summary) : summary === bare
    return right ? [] : [`${summary} instead of ${bare ?? 'a timeout'}`]
  }

  #url({ path }: Fault): { readonly url: string; readonly key: string } {
    keys += 1
    const key = `fault-${keys}`
    return { url: this.#server.url(path, { key }), key }
  }
}
