type Input = string | URL | Request

/**
 * One scripted outcome: a status, a function that makes the response, an error to reject with, or `'hang'`, which does
 * not settle before the call's signal aborts.
 */
export type Reply = number | Error | 'hang' | ((input: Input, init?: RequestInit) => Response | Promise<Response>)

export interface ScriptedCall {
  readonly input: Input
  readonly init: RequestInit | undefined
  /** `performance.now()` of the call, in milliseconds; fake timers are respected. */
  readonly at: number
}

export interface ScriptedFetch {
  (input: Input, init?: RequestInit): Promise<Response>
  /** Every call so far, those with an aborted signal too. */
  readonly calls: ScriptedCall[]
}

const nullBodyStatuses = [101, 204, 205, 304]

/**
 * A `fetch` without a network: the first call gets the first reply, and so on; the last reply repeats, and without any
 * it is 200. Like `fetch`, it rejects with the signal's own reason at once when `init.signal`, or the signal of a
 * `Request`, aborts. A response that has been handed out is not aborted any more.
 */
export function scriptedFetch(...replies: Reply[]): ScriptedFetch {
  const calls: ScriptedCall[] = []
  async function fetch(input: Input, init?: RequestInit): Promise<Response> {
    const reply = replies[Math.min(calls.length, replies.length - 1)] ?? 200
    calls.push({ input, init, at: performance.now() })
    const signal = signalOf(input, init)
    signal?.throwIfAborted()
    return untilAborted(perform(reply, input, init), signal)
  }
  return Object.assign(fetch, { calls })
}

/** What the built-in fetch of Node rejects with when the connection fails, as with `code` `'ECONNRESET'`. */
export function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

async function perform(reply: Reply, input: Input, init?: RequestInit): Promise<Response> {
  if (reply instanceof Error) throw reply
  if (reply === 'hang') return new Promise(() => {})
  if (typeof reply === 'function') return reply(input, init)
  return new Response(nullBodyStatuses.includes(reply) ? null : `status ${reply}`, { status: reply })
}

function signalOf(input: Input, init?: RequestInit): AbortSignal | null {
  if (init?.signal !== undefined) return init.signal
  return typeof input === 'object' && 'signal' in input ? input.signal : null
}

function untilAborted(outcome: Promise<Response>, signal: AbortSignal | null): Promise<Response> {
  if (signal === null) return outcome
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
