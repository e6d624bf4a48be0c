import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Patience, type Waiting } from './patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Somebody who starts to wait now, for so long. */
function waiting(patience: Patience, time: number): Waiting & { expired: ReturnType<typeof vi.fn>; leave: () => void } {
  const leave = (): void => stop?.()
  const one = { since: performance.now(), expired: vi.fn(leave), leave }
  const stop = patience.add(one, time)
  return one
}

describe('Patience', () => {
  it('ends each wait when it has taken so long, and not before', () => {
    const patience = new Patience()
    const first = waiting(patience, 100)
    vi.advanceTimersByTime(60)
    const second = waiting(patience, 100)
    vi.advanceTimersByTime(39)
    expect(first.expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(first.expired).toHaveBeenCalledOnce()
    vi.advanceTimersByTime(59)
    expect(second.expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(second.expired).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has one timer for all who may wait equally long', () => {
    const patience = new Patience()
    const all = Array.from({ length: 10_000 }, () => waiting(patience, 100))
    expect(vi.getTimerCount()).toBe(1)
    waiting(patience, 50)
    expect(vi.getTimerCount()).toBe(2)
    vi.advanceTimersByTime(100)
    expect(all.every(({ expired }) => expired.mock.calls.length === 1)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lets those go who do not wait any more, and its timer with the last of them', () => {
    const patience = new Patience()
    const [first, second] = [waiting(patience, 100), waiting(patience, 100)]
    vi.advanceTimersByTime(10)
    const third = waiting(patience, 100)
    first.leave()
    second.leave()
    vi.advanceTimersByTime(100)
    expect(first.expired).not.toHaveBeenCalled()
    expect(third.expired).toHaveBeenCalledOnce()
    const fourth = waiting(patience, 100)
    fourth.leave()
    fourth.leave()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes the timer for the time where a test has replaced the timers only', () => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000)
    const patience = new Patience()
    const [first, second] = [waiting(patience, 100), waiting(patience, 100)]
    clock.mockReturnValue(1005)
    const third = waiting(patience, 100)
    vi.advanceTimersByTime(99)
    expect(first.expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect([first, second].every(({ expired }) => expired.mock.calls.length === 1)).toBe(true)
    expect(third.expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(5)
    expect(third.expired).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has no timer for those who wait for ever', () => {
    const patience = new Patience()
    const one = waiting(patience, Infinity)
    expect(vi.getTimerCount()).toBe(0)
    one.leave()
  })

  it('waits for times that no timer can hold', () => {
    const patience = new Patience()
    const month = 31 * 24 * 3600 * 1000
    const one = waiting(patience, month)
    vi.advanceTimersByTime(month - 1)
    expect(one.expired).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(one.expired).toHaveBeenCalledOnce()
  })
})
