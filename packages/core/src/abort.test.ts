import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { describe, expect, it, vi } from 'vitest'
import { abortable, onAbort } from './abort.ts'

const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

expectNoUnhandledRejection()

describe('onAbort', () => {
  it('puts one listener on a signal for 10,000 callbacks, and calls them all', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    for (let call = 0; call < 10_000; call += 1) onAbort(controller.signal, () => callback())
    expect(listeners(controller.signal)).toBe(1)
    controller.abort()
    expect(callback).toHaveBeenCalledTimes(10_000)
    expect(listeners(controller.signal)).toBe(0)
  })

  it('leaves no listener when every callback is taken away, in whatever order', () => {
    const { signal } = new AbortController()
    const stops = Array.from({ length: 1000 }, () => onAbort(signal, () => {}))
    for (const stop of stops.filter((_, index) => index % 2)) stop()
    expect(listeners(signal)).toBe(1)
    for (const stop of stops.toReversed()) stop()
    expect(listeners(signal)).toBe(0)
  })

  it('listens again after nobody did', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    onAbort(controller.signal, () => {})()
    onAbort(controller.signal, callback)
    expect(listeners(controller.signal)).toBe(1)
    controller.abort()
    expect(callback).toHaveBeenCalledOnce()
  })

  it('calls back in order, when the reason is there', () => {
    const controller = new AbortController()
    const calls: unknown[] = []
    for (const name of ['first', 'second', 'third']) {
      onAbort(controller.signal, () => calls.push(name, controller.signal.reason))
    }
    controller.abort('why')
    expect(calls).toEqual(['first', 'why', 'second', 'why', 'third', 'why'])
  })

  it('does not call back what was taken away', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    const stop = onAbort(controller.signal, callback)
    onAbort(controller.signal, () => {})
    stop()
    controller.abort()
    expect(callback).not.toHaveBeenCalled()
  })

  it('does not call back what an earlier callback of the same abort takes away', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    onAbort(controller.signal, () => stop())
    const stop = onAbort(controller.signal, callback)
    controller.abort()
    expect(callback).not.toHaveBeenCalled()
  })

  it('calls back at once when the signal has aborted, during its abort too', () => {
    const controller = new AbortController()
    const late = vi.fn()
    onAbort(controller.signal, () => onAbort(controller.signal, late))
    controller.abort()
    expect(late).toHaveBeenCalledOnce()
    onAbort(controller.signal, late)()
    expect(late).toHaveBeenCalledTimes(2)
    expect(listeners(controller.signal)).toBe(0)
  })

  it('counts every registration of one and the same function', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    onAbort(controller.signal, callback)
    onAbort(controller.signal, callback)
    const stop = onAbort(controller.signal, callback)
    stop()
    stop()
    controller.abort()
    expect(callback).toHaveBeenCalledTimes(2)
  })

  it('calls back once, also when it is taken away afterwards', () => {
    const controller = new AbortController()
    const callback = vi.fn()
    const stop = onAbort(controller.signal, callback)
    controller.abort()
    controller.abort()
    stop()
    expect(callback).toHaveBeenCalledOnce()
  })

  it('keeps signals apart', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const callback = vi.fn()
    onAbort(one.signal, callback)
    other.abort()
    expect(callback).not.toHaveBeenCalled()
  })
})

describe('abortable', () => {
  it('is the outcome of the promise, and leaves no listener', async () => {
    const { signal } = new AbortController()
    const failure = new Error('failed')
    expect(await abortable(Promise.resolve(5), signal)).toBe(5)
    await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure)
    expect(await abortable(Promise.resolve(5), undefined)).toBe(5)
    expect(listeners(signal)).toBe(0)
  })

  const error = new Error('reason')
  it.each([
    ['an error', error],
    ['a string', 'reason'],
    ['null', null],
    ['0', 0],
    ['an object', { why: 'reason' }],
  ])('rejects with the very reason: %s', async (_, reason) => {
    const controller = new AbortController()
    const result = abortable(new Promise(() => {}), controller.signal)
    controller.abort(reason)
    await expect(result).rejects.toBe(reason)
    await expect(abortable(new Promise(() => {}), AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(listeners(controller.signal)).toBe(0)
  })

  it("rejects with the platform's AbortError when no reason was given", async () => {
    const controller = new AbortController()
    const result = abortable(new Promise(() => {}), controller.signal)
    controller.abort(undefined)
    await expect(result).rejects.toBe(controller.signal.reason)
    expect(controller.signal.reason).toMatchObject({ name: 'AbortError' })
  })

  it('rejects at once when the signal has aborted, even for a promise that is fulfilled', async () => {
    await expect(abortable(Promise.resolve(5), AbortSignal.abort('before'))).rejects.toBe('before')
  })

  it('hands a value that comes too late to `late`', async () => {
    const controller = new AbortController()
    const { promise, resolve } = Promise.withResolvers<object>()
    const late = vi.fn()
    const result = abortable(promise, controller.signal, late)
    controller.abort('why')
    await expect(result).rejects.toBe('why')
    expect(late).not.toHaveBeenCalled()
    const value = {}
    resolve(value)
    await promise
    expect(late).toHaveBeenCalledExactlyOnceWith(value)
  })

  it('hands the value to `late` when the signal had aborted before', async () => {
    const late = vi.fn()
    await expect(abortable(Promise.resolve(5), AbortSignal.abort('before'), late)).rejects.toBe('before')
    await setImmediate()
    expect(late).toHaveBeenCalledExactlyOnceWith(5)
  })

  it('loses no value when abort and fulfilment fall together', async () => {
    const controller = new AbortController()
    const late = vi.fn()
    const result = abortable(Promise.resolve(5), controller.signal, late)
    controller.abort('why')
    await expect(result).rejects.toBe('why')
    await setImmediate()
    expect(late).toHaveBeenCalledExactlyOnceWith(5)
  })

  it('does not hand over a value that came in time', async () => {
    const controller = new AbortController()
    const late = vi.fn()
    expect(await abortable(Promise.resolve(5), controller.signal, late)).toBe(5)
    controller.abort()
    await setImmediate()
    expect(late).not.toHaveBeenCalled()
  })

  it('swallows a rejection that comes after the abort', async () => {
    const controller = new AbortController()
    const { promise, reject } = Promise.withResolvers<number>()
    const late = vi.fn()
    const result = abortable(promise, controller.signal, late)
    controller.abort('why')
    await expect(result).rejects.toBe('why')
    reject(new Error('too late'))
    await setImmediate()
    expect(late).not.toHaveBeenCalled()
  })
})
