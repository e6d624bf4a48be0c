import { expect, test } from 'vitest'
import { quantile, spread } from './statistics.ts'

test('interpolates between neighbours, in whichever order the values come', () => {
  expect(spread([5, 1, 4, 2, 3])).toEqual({ lower: 2, median: 3, upper: 4 })
  expect(spread([40, 10, 30, 20])).toEqual({ lower: 17.5, median: 25, upper: 32.5 })
  expect(quantile([1, 2, 3], 1)).toBe(3)
})

test('one value is all of its quartiles, and none has none', () => {
  expect(spread([7])).toEqual({ lower: 7, median: 7, upper: 7 })
  expect(spread([])).toEqual({ lower: Number.NaN, median: Number.NaN, upper: Number.NaN })
})

test('leaves the values as they are', () => {
  const values = [3, 1, 2]
  quantile(values, 0.5)
  expect(values).toEqual([3, 1, 2])
})
