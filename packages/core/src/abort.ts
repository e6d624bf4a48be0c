import { hubOf } from './hub.ts'

type Callback = () => void

/**
 * Calls back once when `signal` aborts, at once when it has, and returns a function that takes the callback away again.
 * However many calls wait on a signal, it carries one listener, and none when nobody waits: listeners of one signal
 * are a list that adding and removing has to walk. A callback must not throw.
 */
export function onAbort(signal: AbortSignal, callback: Callback): Callback {
  if (signal.aborted) {
    callback()
    return () => {}
  }
  const hub = hubOf(signal)
  const place = hub.add(callback)
  return () => hub.remove(place)
}

/**
 * The outcome of `promise`, or the signal's own reason the moment it aborts. What the promise fulfils with after that
 * goes to `late`, so that nothing is lost that must be released.
 */
export function abortable<Value>(
  promise: PromiseLike<Value>,
  signal: AbortSignal | undefined,
  late?: (value: Value) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = signal && onAbort(signal, () => reject(signal.reason))
    promise.then(
      (value) => {
        stop?.()
        if (!signal?.aborted) return resolve(value)
        reject(signal.reason)
        late?.(value)
      },
      (error: unknown) => {
        stop?.()
        reject(error)
      },
    )
  })
}
