import { watchBody } from './body-reads.ts'

type Callback = () => void

interface BodyEnd {
  over: boolean
  readonly callbacks: Set<Callback>
}

interface NodeStream {
  finished(stream: ReadableStream, callback: Callback): unknown
}

/** One record a body, whichever layers ask. */
const ends = new WeakMap<ReadableStream, BodyEnd>()

/** A body that nobody can read any more, because nobody has it any more, is over too. */
const collected = new FinalizationRegistry<BodyEnd>(finish)

/**
 * Calls back once when the response's body is over: read to its end, cancelled, failed, or out of everyone's reach.
 * A body that is null is over at once. The body is observed and neither locked nor changed; it may be read in any way,
 * a clone's included. (Without `node:stream`, in browsers, it is observed as {@link watchBody} does.)
 *
 * A reader that is dropped half-way through does not end a body: its connection is really still open.
 * The callback must not refer to the response, or it keeps alive what it waits to see collected.
 */
export function onBodyEnd(response: Response, callback: Callback): void {
  const { body } = response
  const end = body === null ? undefined : (ends.get(body) ?? observe(response, body))
  if (end === undefined || end.over) callback()
  else end.callbacks.add(callback)
}

function observe(response: Response, body: ReadableStream): BodyEnd {
  const end: BodyEnd = { over: false, callbacks: new Set() }
  ends.set(body, end)
  collected.register(body, end, end)
  const stream = nodeStream()
  if (stream) stream.finished(body, finisher(end))
  else watchBody(response, { over: finisher(end) })
  return end
}

/** In a function of its own: a closure made in `observe` would hold the body that it waits to see collected. */
function finisher(end: BodyEnd): Callback {
  return () => finish(end)
}

function finish(end: BodyEnd): void {
  if (end.over) return
  end.over = true
  collected.unregister(end)
  for (const callback of end.callbacks) callback()
  end.callbacks.clear()
}

/** By `getBuiltinModule`, so that a bundler for browsers finds no import to resolve. */
function nodeStream(): NodeStream | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => NodeStream | undefined } }
  return process?.getBuiltinModule?.('node:stream')
}
