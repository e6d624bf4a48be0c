import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sleep, startTimer } from './timer.ts'

const day = 86_400_000
const longest = 2 ** 31 - 1

describe('startTimer', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  it('calls back once, when the time has come', () => {
    const callback = vi.fn()
    startTimer(1000, callback)
    vi.advanceTimersByTime(999)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(day)
    expect(callback).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([longest, longest + 1, 2 ** 32, 100 * day])('fires after %d ms and not before', (delay) => {
    const callback = vi.fn()
    startTimer(delay, callback)
    vi.advanceTimersByTime(delay - 1)
    expect(callback).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(callback).toHaveBeenCalledOnce()
  })

  it('never gives the platform a delay that it cannot represent', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    startTimer(100 * day, () => {})
    startTimer(-5, () => {})
    vi.advanceTimersByTime(100 * day)
    for (const [, delay] of set.mock.calls) {
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(longest)
    }
    expect(set.mock.calls.length).toBe(6)
  })

  it('starts nothing at all for Infinity', () => {
    const timer = startTimer(Number.POSITIVE_INFINITY, () => {})
    expect(vi.getTimerCount()).toBe(0)
    timer.unref()
    timer.stop()
  })

  it('is gone when it is stopped, in the middle of a long delay too', () => {
    const callback = vi.fn()
    const timer = startTimer(100 * day, callback)
    vi.advanceTimersByTime(30 * day)
    expect(vi.getTimerCount()).toBe(1)
    timer.stop()
    timer.stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(100 * day)
    expect(callback).not.toHaveBeenCalled()
  })

  it('may be stopped when it has fired', () => {
    const timer = startTimer(1, () => {})
    vi.advanceTimersByTime(1)
    expect(() => timer.stop()).not.toThrow()
  })

  it('stays unreferenced from one part of a long delay to the next', () => {
    const unref = vi.fn()
    const platform = globalThis.setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(
      new Proxy(platform, {
        apply: (_, that, given) => Object.assign(Reflect.apply(platform, that, given), { unref }),
      }),
    )
    startTimer(100 * day, () => {}).unref()
    expect(unref).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(30 * day)
    expect(unref).toHaveBeenCalledTimes(2)
  })

  it('does without unref where timers are numbers', () => {
    const clear = vi.spyOn(globalThis, 'clearTimeout').mockImplementation(() => {})
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((() => 7) as unknown as typeof globalThis.setTimeout)
    const timer = startTimer(5, () => {})
    expect(() => timer.unref()).not.toThrow()
    timer.stop()
    expect(clear).toHaveBeenCalledWith(7)
  })

  it('keeps a process alive, and unreferenced it does not', () => {
    const run = (statement: string): string => {
      const program = `import { startTimer } from ${JSON.stringify(new URL('timer.ts', import.meta.url))}
        process.on('exit', () => console.log('exit'))
        ${statement}`
      return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout
    }
    expect(run(`startTimer(1, () => console.log('fired'))`)).toBe('fired\nexit\n')
    expect(run(`startTimer(${day}, () => console.log('fired')).unref()`)).toBe('exit\n')
  })
})

describe('sleep', () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
  const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length

  it('resolves when the time has come, and leaves neither timer nor listener', async () => {
    const { signal } = new AbortController()
    const before = timers()
    await sleep(1, signal)
    await sleep(0)
    expect(timers()).toBe(before)
    expect(listeners(signal)).toBe(0)
  })

  it.each([[new Error('reason')], ['reason'], [null], [undefined]])(
    'rejects at once with the very reason (%s), and leaves neither timer nor listener',
    async (reason) => {
      const before = timers()
      const controller = new AbortController()
      const sleeping = sleep(day, controller.signal)
      expect(timers()).toBe(before + 1)
      expect(listeners(controller.signal)).toBe(1)
      controller.abort(reason)
      await expect(sleeping).rejects.toBe(controller.signal.reason)
      if (reason !== undefined) expect(controller.signal.reason).toBe(reason)
      expect(timers()).toBe(before)
      expect(listeners(controller.signal)).toBe(0)
    },
  )

  it('rejects at once when the signal has aborted before', async () => {
    const before = timers()
    await expect(sleep(day, AbortSignal.abort('before'))).rejects.toBe('before')
    await expect(sleep(Number.POSITIVE_INFINITY, AbortSignal.abort('before'))).rejects.toBe('before')
    expect(timers()).toBe(before)
  })

  it('sleeps on Infinity until the signal aborts', async () => {
    const controller = new AbortController()
    const sleeping = sleep(Number.POSITIVE_INFINITY, controller.signal)
    const winner = await Promise.race([sleeping, setImmediate('other')])
    expect(winner).toBe('other')
    controller.abort('enough')
    await expect(sleeping).rejects.toBe('enough')
  })
})
