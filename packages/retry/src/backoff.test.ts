import { afterEach, describe, expect, it, vi } from 'vitest'
import { fullJitter } from './backoff.ts'

afterEach(() => void vi.restoreAllMocks())

describe('fullJitter', () => {
  it('doubles the bound with every attempt, up to the cap', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON)
    const bounds = [1, 2, 3, 9, 10, 500].map((attempt) => Math.round(fullJitter()({ attempt, throttled: false })))
    expect(bounds).toEqual([50, 100, 200, 12_800, 20_000, 20_000])
  })

  it('starts higher when the server throttles', () => {
    vi.spyOn(Math, 'random').mockReturnValue(1 - Number.EPSILON)
    expect(Math.round(fullJitter()({ attempt: 1, throttled: true }))).toBe(1000)
    expect(Math.round(fullJitter({ throttledBase: 200 })({ attempt: 2, throttled: true }))).toBe(400)
  })

  it('spreads the waits evenly from zero to the bound', () => {
    const backoff = fullJitter({ base: 100 })
    const waits = Array.from({ length: 4000 }, () => backoff({ attempt: 1, throttled: false }))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...waits)).toBeLessThan(100)
    // A quarter of 4000 is 1000 on average; 800 is more than seven standard deviations away.
    for (const quarter of [0, 25, 50, 75]) {
      expect(waits.filter((wait) => wait >= quarter && wait < quarter + 25).length).toBeGreaterThan(800)
    }
  })

  it.each([
    [{ base: 0 }, 'retry: backoff.base must be a positive number of milliseconds, got 0'],
    [{ throttledBase: -1 }, 'retry: backoff.throttledBase must be a positive number of milliseconds, got -1'],
    [{ cap: Number.NaN }, 'retry: backoff.cap must be a positive number of milliseconds, got NaN'],
  ])('refuses %o', (options, message) => {
    expect(() => fullJitter(options)).toThrow(new RangeError(message))
  })

  it('refuses an unknown option', () => {
    expect(() => Reflect.apply(fullJitter, undefined, [{ factor: 2 }])).toThrow(
      'retry: backoff: there is no option "factor"; there are base, throttledBase, cap',
    )
  })
})
