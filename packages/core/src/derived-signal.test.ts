import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { collectGarbage } from '@steadfetch/test-support/garbage'
import { describe, expect, it, vi } from 'vitest'
import { deadlineOf, setDeadline } from './deadline.ts'
import { DerivedSignal } from './derived-signal.ts'

const url = 'http://service.test/'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

describe('following', () => {
  it.each([[new Error('reason')], ['reason'], [null], [{ why: 'reason' }]])(
    'follows the signal of the init with its very reason (%s)',
    (reason) => {
      const user = new AbortController()
      const { signal } = new DerivedSignal(url, { signal: user.signal })
      expect(signal).not.toBe(user.signal)
      expect(signal.aborted).toBe(false)
      user.abort(reason)
      expect(signal.aborted).toBe(true)
      expect(signal.reason).toBe(reason)
    },
  )

  it('follows with the one AbortError that the platform made', () => {
    const user = new AbortController()
    const { signal } = new DerivedSignal(url, { signal: user.signal })
    user.abort()
    expect(signal.reason).toBe(user.signal.reason)
  })

  it('has aborted from the start when the signal had', () => {
    const { signal } = new DerivedSignal(url, { signal: AbortSignal.abort('before') })
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toBe('before')
  })

  it('follows the signal of a Request, unless the init has another or none', () => {
    const [user, other] = [new AbortController(), new AbortController()]
    const request = new Request(url, { signal: user.signal })
    const own = new DerivedSignal(request, {})
    const replaced = new DerivedSignal(request, { signal: other.signal })
    const free = new DerivedSignal(request, { signal: null })
    user.abort('user')
    expect(own.signal.reason).toBe('user')
    expect(replaced.signal.aborted).toBe(false)
    expect(free.signal.aborted).toBe(false)
    other.abort('other')
    expect(replaced.signal.reason).toBe('other')
    for (const derived of [own, replaced, free]) derived.release()
  })

  it('follows from layer to layer', () => {
    const user = new AbortController()
    const outer = new DerivedSignal(url, { signal: user.signal })
    const inner = new DerivedSignal(url, { signal: outer.signal })
    user.abort('user')
    expect(inner.signal.reason).toBe('user')
  })

  it('aborts for a reason of its own, which goes inward and not outward', () => {
    const user = new AbortController()
    const outer = new DerivedSignal(url, { signal: user.signal })
    const inner = new DerivedSignal(url, { signal: outer.signal })
    const reason = new Error('too slow')
    outer.abort(reason)
    expect(inner.signal.reason).toBe(reason)
    expect(user.signal.aborted).toBe(false)
    user.abort('later')
    expect(outer.signal.reason).toBe(reason)
  })

  it('tells listeners of the platform', () => {
    const user = new AbortController()
    const derived = new DerivedSignal(url, { signal: user.signal })
    const aborted = vi.fn()
    derived.signal.addEventListener('abort', aborted)
    user.abort()
    expect(aborted).toHaveBeenCalledOnce()
  })
})

/** The outcome of a wait, as a promise. */
function outcomeOf<Value>(
  derived: DerivedSignal,
  promise: Promise<Value>,
  late: (value: Value) => void,
): Promise<Value> {
  return new Promise((fulfilled, rejected) => derived.wait(promise, { fulfilled, rejected, late }))
}

describe('wait', () => {
  it('is the outcome of the promise', async () => {
    const late = vi.fn()
    expect(await outcomeOf(new DerivedSignal(url, undefined), Promise.resolve(5), late)).toBe(5)
    const failure = new Error('failed')
    await expect(outcomeOf(new DerivedSignal(url, undefined), Promise.reject(failure), late)).rejects.toBe(failure)
    expect(late).not.toHaveBeenCalled()
  })

  it.each([[new Error('reason')], ['reason'], [null]])(
    'is the very reason the moment it aborts (%s)',
    async (reason) => {
      const user = new AbortController()
      const own = new DerivedSignal(url, undefined)
      const followed = new DerivedSignal(url, { signal: user.signal })
      const races = [own, followed].map((derived) => outcomeOf(derived, new Promise(() => {}), () => {}))
      own.abort(reason)
      user.abort(reason)
      for (const race of races) await expect(race).rejects.toBe(reason)
    },
  )

  it('is the reason where it had aborted before, and the value is not lost', async () => {
    const late = vi.fn()
    const derived = new DerivedSignal(url, { signal: AbortSignal.abort('before') })
    await expect(outcomeOf(derived, Promise.resolve(5), late)).rejects.toBe('before')
    await setImmediate()
    expect(late).toHaveBeenCalledExactlyOnceWith(5)
  })

  it('hands over a value that comes too late, and swallows such a failure', async () => {
    const [value, failure] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
    const late = vi.fn()
    const [first, second] = [new DerivedSignal(url, undefined), new DerivedSignal(url, undefined)]
    const races = [outcomeOf(first, value.promise, late), outcomeOf(second, failure.promise, late)]
    for (const each of [first, second]) each.abort('why')
    for (const race of races) await expect(race).rejects.toBe('why')
    value.resolve(5)
    failure.reject(new Error('too late'))
    await setImmediate()
    expect(late).toHaveBeenCalledExactlyOnceWith(5)
  })

  it('is not undone by an abort after the value', async () => {
    const derived = new DerivedSignal(url, undefined)
    const late = vi.fn()
    expect(await outcomeOf(derived, Promise.resolve(5), late)).toBe(5)
    derived.abort('later')
    await setImmediate()
    expect(late).not.toHaveBeenCalled()
  })
})

describe('release', () => {
  it('leaves nothing on a signal that thousands of calls have followed', () => {
    const { signal } = new AbortController()
    const calls = Array.from({ length: 1000 }, () => new DerivedSignal(url, { signal }))
    expect(listeners(signal)).toBe(1)
    for (const call of calls) call.release()
    expect(listeners(signal)).toBe(0)
  })

  it('ends the following, and may be called more than once', () => {
    const user = new AbortController()
    const derived = new DerivedSignal(url, { signal: user.signal })
    derived.release()
    derived.release()
    user.abort()
    expect(derived.signal.aborted).toBe(false)
  })

  it('may be called when there was nobody to follow, or nothing left to', () => {
    expect(() => new DerivedSignal(url, undefined).release()).not.toThrow()
    expect(() => new DerivedSignal(url, { signal: AbortSignal.abort() }).release()).not.toThrow()
  })
})

describe('deadline', () => {
  const due = (own: number | undefined, callers: number | undefined): number => {
    const { signal } = new AbortController()
    if (callers !== undefined) setDeadline(signal, callers)
    return deadlineOf(new DerivedSignal(url, { signal }, own).signal)
  }

  it('is the earlier one of the layer and of the caller', () => {
    expect(due(100, 200)).toBe(100)
    expect(due(200, 100)).toBe(100)
    expect(due(100, undefined)).toBe(100)
    expect(due(undefined, 100)).toBe(100)
    expect(due(undefined, undefined)).toBe(Number.POSITIVE_INFINITY)
  })

  it('is known where nobody is followed', () => {
    expect(deadlineOf(new DerivedSignal(url, undefined, 100).signal)).toBe(100)
  })

  it('goes through a Request', () => {
    const { signal } = new DerivedSignal(url, undefined, 100)
    const request = new Request(url)
    expect(deadlineOf(new DerivedSignal(request, { signal }).signal)).toBe(100)
  })
})

describe('garbage collection', () => {
  /** In functions of their own, so that no variable of a test holds the request or the derived signal. */
  function begin(user: AbortController): { signal: AbortSignal; request: WeakRef<Request>; release: () => void } {
    const request = new Request(url, { signal: user.signal })
    const derived = new WeakRef(new DerivedSignal(request, undefined))
    const release = (): void => derived.deref()?.release()
    return { signal: signalIn(derived), request: new WeakRef(request), release }
  }

  function signalIn(derived: WeakRef<DerivedSignal>): AbortSignal {
    return derived.deref()?.signal ?? AbortSignal.abort('gone')
  }

  async function collect(until = () => false): Promise<void> {
    for (let round = 0; round < 8 && !until(); round += 1) {
      await setImmediate()
      collectGarbage()
    }
  }

  it('aborts with the signal of a Request that nobody else has any more', async () => {
    const user = new AbortController()
    const { signal } = begin(user)
    await collect()
    expect(signal.aborted).toBe(false)
    user.abort('user')
    expect(signal.reason).toBe('user')
  })

  it('lets the Request go when it is released', async () => {
    const user = new AbortController()
    const { request, release, signal } = begin(user)
    await collect()
    expect(request.deref()).toBeDefined()
    release()
    await collect(() => request.deref() === undefined)
    expect(request.deref()).toBeUndefined()
    user.abort()
    expect(signal.aborted).toBe(false)
  })

  it('lets a call go that was released while its signal lives on', async () => {
    const user = new AbortController()
    const made = (): WeakRef<DerivedSignal> => {
      const derived = new DerivedSignal(url, { signal: user.signal })
      derived.release()
      return new WeakRef(derived)
    }
    const derived = made()
    await collect(() => derived.deref() === undefined)
    expect(derived.deref()).toBeUndefined()
    expect(user.signal.aborted).toBe(false)
  })
})
