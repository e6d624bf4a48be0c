import { abortable, discard, type FetchInit, type FetchInput, signalOf } from '@steadfetch/core'
import { RecordedCall } from './recorded-call.ts'
import { Always, prepareReply, type Reply } from './reply.ts'

/** A `fetch` without a network, which keeps what it was called with. */
export interface Replies {
  (input: FetchInput, init?: FetchInit): Promise<Response>
  /** Every call that left, in order: not those that fetch refuses, nor those whose signal had aborted before. */
  readonly calls: readonly RecordedCall[]
}

/**
 * A `fetch` for tests: the first call gets the first reply, and so on. A call too many is rejected with an error that
 * says so, unless the script ends with `always(reply)`.
 *
 * It refuses what the platform's fetch refuses, reads the body that it is sent, and rejects with the signal's own reason
 * the moment it aborts, up to the response. It follows no redirects.
 *
 * @throws {TypeError | RangeError} at once, when a reply is none. The message names it.
 */
export function replies(...script: (Reply | Always)[]): Replies {
  const calls: RecordedCall[] = []
  const prepared = script.map((entry, index) => {
    const what = `replies: reply ${index + 1}`
    const isLast = index === script.length - 1
    if (entry instanceof Always && !isLast) throw new TypeError(`${what} is always given, so none may come after it`)
    return prepareReply(what, entry instanceof Always ? entry.reply : entry)
  })
  const endless = script.at(-1) instanceof Always ? prepared.at(-1) : undefined

  async function fetch(input: FetchInput, init?: FetchInit): Promise<Response> {
    const signal = signalOf(input, init)
    signal?.throwIfAborted()
    const reply = prepared[calls.length] ?? endless
    const call = new RecordedCall(input, init, reply?.reads ?? false)
    calls.push(call)
    if (!reply) throw new Error(tooMany(calls.length, script.length))
    return abortable(reply.to(call), signal, discard)
  }
  return Object.assign(fetch, { calls })
}

function tooMany(call: number, count: number): string {
  const there = count === 0 ? 'there are none' : `there ${count === 1 ? 'is' : 'are'} ${count}`
  return `replies: call ${call} has no reply; ${there}, and always(reply) at the end would repeat one`
}
