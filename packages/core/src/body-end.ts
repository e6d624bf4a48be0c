import { isWebStream, watchBody } from './body-reads.ts'
import { createNotes } from './notes.ts'

/** Told with what a body has failed, and of any other end with nothing. */
type Callback = (error?: unknown) => void

interface BodyEnd {
  over: boolean
  error: unknown
  /** Told of it: mostly there is one. */
  callback: Callback | undefined
  others: Callback[] | undefined
}

interface NodeStream {
  finished(stream: ReadableStream, options: { writable: boolean }, callback: Callback): unknown
}

/** By `getBuiltinModule`, so that a bundler for browsers finds no import to resolve. */
const nodeStream = (
  globalThis as { process?: { getBuiltinModule?: (id: string) => NodeStream | undefined } }
).process?.getBuiltinModule?.('node:stream')

/** It has no writable side to wait for. */
const readable = { writable: false }

/** One record a body, whichever layers ask. */
const ends = createNotes<ReadableStream, BodyEnd>()

/**
 * A body that nobody can read any more, because nobody has it any more, is over too. One that is over already is left
 * registered: to take it out again costs more than to hear of it.
 */
const collected = new FinalizationRegistry<BodyEnd>((end) => finish(end, undefined))

/**
 * Calls back once when the response's body is over: read to its end, cancelled, out of everyone's reach, or failed, and
 * with what.
 * A body that is null is over at once. The body is observed and neither locked nor changed; it may be read in any way,
 * a clone's included. (Without `node:stream`, in browsers, it is observed as {@link watchBody} does.)
 *
 * A body that is no web stream may be one of Node's, as node-fetch's is, which is observed where there is `node:stream`;
 * of anything else nobody could tell the end, so that it is over at once.
 *
 * A reader that is dropped half-way through does not end a body: its connection is really still open.
 * The callback must not throw, nor refer to the response, or it keeps alive what it waits to see collected.
 */
export function onBodyEnd(response: Response, callback: Callback): void {
  const { body } = response
  const end = typeof body === 'object' && body ? (ends.get(body) ?? observe(response, body)) : undefined
  if (end === undefined || end.over) callback(end?.error)
  else if (end.callback === undefined) end.callback = callback
  else if (end.others === undefined) end.others = [callback]
  else end.others.push(callback)
}

function observe(response: Response, body: ReadableStream): BodyEnd {
  const end: BodyEnd = { over: false, error: undefined, callback: undefined, others: undefined }
  ends.set(body, end)
  collected.register(body, end)
  const isWeb = isWebStream(body)
  const over = isWeb ? finisher(end) : finisherOfNode(end, body)
  if (finished(body, over)) return end
  if (isWeb) watchBody(response, { over })
  else over()
  return end
}

/** In a function of its own: a closure made in `observe` would hold the body that it waits to see collected. */
function finisher(end: BodyEnd): Callback {
  return (error) => finish(end, error)
}

/** A stream that somebody destroyed without an error was cancelled; Node makes an error of that. */
function finisherOfNode(end: BodyEnd, body: object): Callback {
  return (error) => finish(end, 'errored' in body && body.errored === null ? undefined : error)
}

function finish(end: BodyEnd, error: unknown): void {
  if (end.over) return
  end.over = true
  end.error = error
  const { callback, others } = end
  end.callback = undefined
  end.others = undefined
  callback?.(error)
  if (others) for (const other of others) other(error)
}

/** Node's own look at a stream, or false where there is none; it knows the streams of its own runtime only. */
function finished(body: ReadableStream, callback: Callback): boolean {
  try {
    nodeStream?.finished(body, readable, callback)
    return nodeStream !== undefined
  } catch {
    return false
  }
}
