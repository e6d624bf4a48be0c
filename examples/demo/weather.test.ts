import { expect, test } from 'vitest'
import { arrivals } from './arrivals.ts'
import { fateOf, faultShare } from './weather.ts'

test('15 % of attempts fail, of each kind some', () => {
  const fates = Array.from({ length: 20_000 }, (_, call) => fateOf(7, call, 1).kind)
  expect(faultShare).toBeCloseTo(0.15)
  expect(fates.filter((kind) => kind !== 'fine').length / fates.length).toBeCloseTo(0.15, 1.5)
  expect(new Set(fates)).toEqual(new Set(['fine', 'unavailable', 'reset', 'stall', 'throttled']))
})

test('the fate of an attempt depends on seed, call and attempt alone', () => {
  expect(fateOf(1, 2, 3)).toEqual(fateOf(1, 2, 3))
  const others = [fateOf(2, 2, 3), fateOf(1, 3, 3), fateOf(1, 2, 4), fateOf(3, 2, 1)]
  for (const other of others) expect(other.delay).not.toBe(fateOf(1, 2, 3).delay)
})

test('arrivals are seeded, in order and as many a second as asked for', () => {
  const times = arrivals(1, 5000, 100)
  expect(times).toEqual(arrivals(1, 5000, 100))
  expect(times).not.toEqual(arrivals(2, 5000, 100))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(5000 / (Number(times.at(-1)) / 1000)).toBeGreaterThan(95)
  expect(5000 / (Number(times.at(-1)) / 1000)).toBeLessThan(105)
})
