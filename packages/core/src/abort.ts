type Callback = () => void

interface Hub {
  readonly callbacks: Set<Callback>
  readonly listener: () => void
}

const hubs = new WeakMap<AbortSignal, Hub>()

/**
 * Calls back once when `signal` aborts, and returns a function that takes the callback away again.
 * However many calls wait on a signal, it carries one listener, and none when nobody waits: listeners of one signal
 * are a list that adding and removing has to walk.
 */
export function onAbort(signal: AbortSignal, callback: Callback): () => void {
  const hub = hubs.get(signal) ?? createHub(signal)
  if (hub.callbacks.size === 0) signal.addEventListener('abort', hub.listener)
  hub.callbacks.add(callback)
  return () => {
    if (hub.callbacks.delete(callback) && hub.callbacks.size === 0) signal.removeEventListener('abort', hub.listener)
  }
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
    let aborted = false
    const abort = (): void => {
      aborted = true
      reject(signal?.reason)
    }
    if (signal?.aborted) abort()
    const stop = signal === undefined || aborted ? undefined : onAbort(signal, abort)
    promise.then(
      (value) => {
        stop?.()
        if (aborted) late?.(value)
        else resolve(value)
      },
      (error: unknown) => {
        stop?.()
        reject(error)
      },
    )
  })
}

function createHub(signal: AbortSignal): Hub {
  const callbacks = new Set<Callback>()
  const hub: Hub = {
    callbacks,
    listener: () => {
      const waiting = [...callbacks]
      callbacks.clear()
      for (const callback of waiting) callback()
    },
  }
  hubs.set(signal, hub)
  return hub
}
