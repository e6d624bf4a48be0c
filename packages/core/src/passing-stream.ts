import type { BodyWatcher } from './body-reads.ts'

export type Bytes = Uint8Array<ArrayBuffer>

/** What is read in place of a body. */
export interface PassingStream {
  readonly stream: ReadableStream<Bytes>
  /** Whether somebody reads the body itself. */
  lockedBelow(): boolean
}

/** A stream that takes a chunk from the body whenever it is asked for one, and tells the watchers. */
export function passingStream(body: ReadableStream<Bytes>, watcher: Required<BodyWatcher>): PassingStream {
  const native = nativeMembers(body)
  let reader: ReadableStreamDefaultReader<Bytes> | undefined
  let ended = false
  const end = (error?: unknown): void => {
    if (!ended) watcher.over(error)
    ended = true
  }
  const pull = async (controller: ReadableByteStreamController | ReadableStreamDefaultController): Promise<void> => {
    reader ??= native.getReader()
    watcher.waiting()
    try {
      const { done, value } = await reader.read()
      if (ended) return
      watcher.arrived(value?.byteLength ?? 0)
      if (!done) return controller.enqueue(value)
      controller.close()
      if ('byobRequest' in controller) controller.byobRequest?.respond(0)
      end()
    } catch (error) {
      end(error)
      throw error
    }
  }
  const cancel = async (reason: unknown): Promise<void> => {
    end()
    await (reader ? reader.cancel(reason) : native.cancel(reason))
  }
  const source = { pull, cancel }
  const stream: ReadableStream = isByteStream(native)
    ? new ReadableStream({ ...source, type: 'bytes' }, { highWaterMark: 0 })
    : new ReadableStream(source, { highWaterMark: 0 })
  return { stream, lockedBelow: () => reader === undefined && native.locked() }
}

/** The body's members as they were: the platform's, or those of another copy of this library that watches it too. */
interface NativeMembers {
  getReader(): ReadableStreamDefaultReader<Bytes>
  getByteReader(): ReadableStreamBYOBReader
  cancel(reason: unknown): Promise<void>
  locked(): boolean
}

function nativeMembers(body: ReadableStream<Bytes>): NativeMembers {
  const { getReader, cancel } = body
  return {
    getReader: () => Reflect.apply(getReader, body, []) as ReadableStreamDefaultReader<Bytes>,
    getByteReader: () => Reflect.apply(getReader, body, [{ mode: 'byob' }]) as ReadableStreamBYOBReader,
    cancel: (reason) => Reflect.apply(cancel, body, [reason]),
    locked: () => Reflect.get(Object.getPrototypeOf(body), 'locked', body),
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
