import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { millisecondsSince, momentAgo } from './moment.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('tells the milliseconds since then', () => {
  const moment = momentAgo(30)
  vi.advanceTimersByTime(70)
  expect(millisecondsSince(moment)).toBe(100)
})

it('tells them although one of the clocks stands still, or is set back', () => {
  const moment = momentAgo(0)
  vi.setSystemTime(1_000_500)
  expect(millisecondsSince(moment)).toBe(500)
  vi.setSystemTime(500_000)
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 700)
  expect(millisecondsSince(moment)).toBe(700)
})
