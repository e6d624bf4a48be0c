import { type Bytes, type PassingStream, passingStream } from './passing-stream.ts'

/** What can be seen of a body as it is read. */
export interface BodyWatcher {
  /** The consumer has asked for a chunk and waits for it. */
  waiting?(): void
  /** A chunk of so many bytes has come; 0 at the body's end. */
  arrived?(bytes: number): void
  /** Read to its end, cancelled, or failed, and with what; every clone of it included. */
  over?(error?: unknown): void
}

/** Everyone who watches a body, as one. */
class Watch {
  readonly watchers = new Set<BodyWatcher>()
  /** The bodies that it stands for: one, or where the platform has split that one by itself, all its branches. */
  bodies = 1
  #awaited = 0
  #arrived = 0

  /** Who comes late is told of the wait that is under way. */
  add(watcher: BodyWatcher): void {
    this.watchers.add(watcher)
    if (this.#awaited > this.#arrived) watcher.waiting?.()
  }

  /** What one of the bodies tells. The same chunks come to all, and are told of when the first of them has one. */
  branch(): Required<BodyWatcher> {
    let awaited = 0
    let arrived = 0
    return {
      waiting: () => {
        awaited += 1
        if (awaited <= this.#awaited) return
        this.#awaited = awaited
        for (const watcher of this.watchers) watcher.waiting?.()
      },
      arrived: (bytes) => {
        arrived += 1
        if (arrived <= this.#arrived) return
        this.#arrived = arrived
        for (const watcher of this.watchers) watcher.arrived?.(bytes)
      },
      over: (error) => {
        this.bodies -= 1
        if (this.bodies === 0) for (const watcher of this.watchers) watcher.over?.(error)
      },
    }
  }
}

const watches = new WeakMap<ReadableStream, Watch>()

const consumers = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const

/**
 * Watches the reads of a body, for layers that were asked for what only a look at every chunk can tell.
 *
 * The response and its body stay the objects that the platform made; the ways to read them get members of their own on
 * these two objects, which lead through one stream that passes the chunks on as they are, when they are asked for.
 * Missed are the ways that take the native body without asking the object: a transfer to another thread, and in
 * runtimes that do not build their bodies on the stream's public members, which the browsers are,
 * `Response.prototype.text.call(response)`, an upload of `response.body` and a `Response` made of it. These work; they
 * are just not seen. A body that fails while nobody reads it is over when somebody does, and one that is being read
 * already is not watched at all. Nor is one that is no web stream, such as node-fetch's: nothing is told of it.
 */
export function watchBody(response: Response, watcher: BodyWatcher): void {
  const { body } = response
  if (!isWebStream(body)) return
  const watch = watches.get(body) ?? new Watch()
  watch.add(watcher)
  if (!watches.has(body) && !body.locked) install(response, body, watch)
}

/** Whether a body is what the platform's are: a test double's, and that of another fetch, may be anything. */
export function isWebStream(body: unknown): body is ReadableStream<Bytes> {
  return typeof body === 'object' && body !== null && 'getReader' in body && typeof body.getReader === 'function'
}

function install(response: Response, body: ReadableStream<Bytes>, watch: Watch): void {
  watches.set(body, watch)
  const passing = passingStream(body, watch.branch())
  leadBody(body, passing)
  leadResponse(response, body, passing, watch)
}

/** Knows nothing of the response: the connection holds the body, and a response that is dropped must be collected. */
function leadBody(body: ReadableStream<Bytes>, { stream, lockedBelow }: PassingStream): void {
  const values = (options?: Parameters<ReadableStream['values']>[0]): unknown => stream.values(options)
  own(body, {
    getReader: (...options: unknown[]) => Reflect.apply(stream.getReader, stream, options),
    cancel: (reason: unknown) => stream.cancel(reason),
    pipeTo: (...to: Parameters<ReadableStream['pipeTo']>) => stream.pipeTo(...to),
    pipeThrough: (...through: Parameters<ReadableStream['pipeThrough']>) => stream.pipeThrough(...through),
    tee: () => stream.tee(),
    values,
    [Symbol.asyncIterator]: values,
  })
  Object.defineProperty(body, 'locked', { configurable: true, get: () => stream.locked || lockedBelow() })
}

function leadResponse(
  response: Response,
  body: ReadableStream<Bytes>,
  { stream, lockedBelow }: PassingStream,
  watch: Watch,
): void {
  const native: Response = Object.getPrototypeOf(response)
  for (const member of consumers) {
    const read = async (): Promise<unknown> => {
      const isOurs = response.body === body && !response.bodyUsed && !lockedBelow()
      if (!isOurs) return Reflect.apply(native[member], response, [])
      return new Response(stream, { headers: response.headers })[member]()
    }
    own(response, { [member]: read })
  }
  const clone = (): Response => {
    if (response.body === body && body.locked) throw new TypeError('Response.clone: the body is being read')
    const copy = Reflect.apply(native.clone, response, [])
    // Split by way of our own `tee`, it goes on telling what is read.
    if (stream.locked) return copy
    // The platform has split the body without asking it: both branches are new, and yet to be watched.
    watch.bodies += 1
    for (const branch of [response, copy]) if (branch.body) install(branch, branch.body, watch)
    return copy
  }
  own(response, { clone })
}

/** Gives an object members of its own in place of those that it has: platforms differ in what there is. */
function own(target: object, members: Record<PropertyKey, unknown>): void {
  for (const member of Reflect.ownKeys(members)) {
    if (!(member in target)) continue
    Object.defineProperty(target, member, { configurable: true, writable: true, value: members[member] })
  }
}
