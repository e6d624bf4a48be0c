import type { FaultServer } from '@steadfetch/test-support/fault-server'
import type { Order } from './order.ts'
import { hashOf, outcomeOf, summaryOf } from './outcome.ts'
import type { Residue } from './residue.ts'
import { type Sending, text } from './sendings.ts'
import { Stack, type StackOptions } from './stack.ts'

const right = hashOf(new TextEncoder().encode(text))

let keys = 0

/** Sends bodies through stacks to a server that fails at first, and tells what was sent too often, or not whole. */
export class SendingCheck {
  readonly #server: FaultServer
  readonly #residue: Residue

  constructor(server: FaultServer, residue: Residue) {
    this.#server = server
    this.#residue = residue
  }

  /** @param as how the server fails the first time: it has read the whole body then, or nothing of it. */
  async findings(
    sending: Sending,
    as: string,
    orders: readonly (StackOptions & { readonly order: Order })[],
  ): Promise<string[]> {
    const used = orders.map((options) => ({
      stack: new Stack(options.order, options),
      signals: [new AbortController().signal],
      expected: isRepeated(sending, options) ? 2 : 1,
    }))
    const wrong = await Promise.all(
      used.map(({ stack, signals, expected }) =>
        this.#residue.by(stack, () => this.#call(sending, as, stack, signals, expected)),
      ),
    )
    return [...wrong.flat(), ...(await this.#residue.left(this.#server, used))].map(
      (found) => `${sending.name} and ${as}: ${found}`,
    )
  }

  async #call(
    sending: Sending,
    as: string,
    { name, fetch }: Stack,
    signals: readonly AbortSignal[],
    expected: number,
  ): Promise<string[]> {
    keys += 1
    const key = `sending-${keys}`
    const url = this.#server.url('/flaky', { key, as, next: '/echo' })
    const outcomes = await Promise.all(signals.map((signal) => outcomeOf(fetch(...sending.make(url, signal)))))
    const hits = this.#server.hits(key)
    const found = hits === expected ? [] : [`${hits} requests instead of ${expected}`]
    for (const outcome of outcomes) {
      const echoed = outcome.status === 200 && new TextDecoder().decode(outcome.bytes).includes(right)
      if (echoed !== (expected === 2)) found.push(summaryOf(outcome))
    }
    return found.map((what) => `${name}: ${what}`)
  }
}

function isRepeated(
  { repeatable, stream }: Sending,
  { order, foreign }: StackOptions & { readonly order: Order },
): boolean {
  const place = order.indexOf('retry')
  if (place < 0) return false
  return repeatable || (stream === true && foreign?.layer === 'passes a Request on' && foreign.at <= place)
}
