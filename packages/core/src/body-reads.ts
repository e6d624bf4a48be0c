/** What can be seen of a body as it is read. */
export interface BodyWatcher {
  /** The consumer has asked for a chunk and waits for it. */
  waiting?(): void
  /** A chunk of so many bytes has come. */
  arrived?(bytes: number): void
  /** Read to its end, failed or cancelled, every clone of it included. */
  over?(): void
}

type Bytes = Uint8Array<ArrayBuffer>

interface Watch {
  readonly watchers: Set<BodyWatcher>
  /** How many bodies it stands for: one, and one more for every clone. */
  bodies: number
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
 * `Response.prototype.text.call(response)` and an upload of `response.body`. These work; they are just not seen.
 */
export function watchBody(response: Response, watcher: BodyWatcher): void {
  const { body } = response
  if (body === null) return
  const watch = watches.get(body) ?? { watchers: new Set(), bodies: 1 }
  watch.watchers.add(watcher)
  if (!watches.has(body)) install(response, body, watch)
}

function install(response: Response, body: ReadableStream<Bytes>, watch: Watch): void {
  watches.set(body, watch)
  const native = nativeMembers(body)
  const passing = passingStream(native, watch)
  let split = false
  own(body, {
    getReader: (...options: unknown[]) => Reflect.apply(passing.stream.getReader, passing.stream, options),
    cancel: (reason: unknown) => passing.stream.cancel(reason),
    pipeTo: (...to: Parameters<ReadableStream['pipeTo']>) => passing.stream.pipeTo(...to),
    pipeThrough: (...through: Parameters<ReadableStream['pipeThrough']>) => passing.stream.pipeThrough(...through),
    tee: () => {
      split = true
      return passing.stream.tee()
    },
    values: (options?: ReadableStreamIteratorOptions) => passing.stream.values(options),
    [Symbol.asyncIterator]: (options?: ReadableStreamIteratorOptions) => passing.stream.values(options),
  })
  Object.defineProperty(body, 'locked', {
    configurable: true,
    get: () => passing.stream.locked || passing.lockedBelow(),
  })

  const prototype: Response = Object.getPrototypeOf(response)
  for (const consumer of consumers) {
    if (!(consumer in prototype)) continue
    own(response, {
      [consumer]: async () => {
        if (response.body !== body || body.locked || response.bodyUsed)
          return Reflect.apply(prototype[consumer], response, [])
        return new Response(passing.stream, { headers: response.headers })[consumer]()
      },
    })
  }
  own(response, {
    clone: () => {
      const copy = Reflect.apply(prototype.clone, response, [])
      watch.bodies += 1
      // Where the platform has split the body without asking it, both halves are new and yet to be watched.
      if (!split) for (const half of [response, copy]) if (half.body) install(half, half.body, watch)
      return copy
    },
  })
}

/** A stream that takes a chunk from the body whenever it is asked for one, and tells the watchers. */
function passingStream(native: NativeMembers, watch: Watch): { stream: ReadableStream<Bytes>; lockedBelow(): boolean } {
  let reader: ReadableStreamDefaultReader<Bytes> | undefined
  const over = (): void => {
    watch.bodies -= 1
    if (watch.bodies === 0) for (const watcher of watch.watchers) watcher.over?.()
  }
  const pull = async (controller: ReadableByteStreamController | ReadableStreamDefaultController): Promise<void> => {
    reader ??= native.getReader()
    for (const watcher of watch.watchers) watcher.waiting?.()
    try {
      const { done, value } = await nextChunk(reader)
      for (const watcher of watch.watchers) watcher.arrived?.(value?.byteLength ?? 0)
      if (!done) return controller.enqueue(value)
      controller.close()
      if ('byobRequest' in controller) controller.byobRequest?.respond(0)
      over()
    } catch (error) {
      over()
      throw error
    }
  }
  const cancel = async (reason: unknown): Promise<void> => {
    over()
    await (reader ? reader.cancel(reason) : native.cancel(reason))
  }
  const source = { pull, cancel }
  const stream: ReadableStream = isByteStream(native)
    ? new ReadableStream({ ...source, type: 'bytes' }, { highWaterMark: 0 })
    : new ReadableStream(source, { highWaterMark: 0 })
  return { stream, lockedBelow: () => reader === undefined && native.locked() }
}

/** The body's members as the platform made them. */
interface NativeMembers {
  getReader(): ReadableStreamDefaultReader<Bytes>
  getByteReader(): ReadableStreamBYOBReader
  cancel(reason: unknown): Promise<void>
  locked(): boolean
}

function nativeMembers(body: ReadableStream<Bytes>): NativeMembers {
  const prototype: ReadableStream<Bytes> = Object.getPrototypeOf(body)
  return {
    getReader: () => Reflect.apply(prototype.getReader, body, []) as ReadableStreamDefaultReader<Bytes>,
    getByteReader: () => Reflect.apply(prototype.getReader, body, [{ mode: 'byob' }]) as ReadableStreamBYOBReader,
    cancel: (reason) => Reflect.apply(prototype.cancel, body, [reason]),
    locked: () => Reflect.get(prototype, 'locked', body),
  }
}

/** A byte stream must not be given an empty chunk. */
async function nextChunk(reader: ReadableStreamDefaultReader<Bytes>): Promise<ReadableStreamReadResult<Bytes>> {
  for (;;) {
    const result = await reader.read()
    if (result.done || result.value.byteLength > 0) return result
  }
}

function isByteStream(native: NativeMembers): boolean {
  try {
    native.getByteReader().releaseLock()
    return true
  } catch {
    return false
  }
}

function own(target: object, members: Record<PropertyKey, unknown>): void {
  for (const member of Reflect.ownKeys(members)) {
    Object.defineProperty(target, member, { configurable: true, writable: true, value: members[member] })
  }
}
