import { expect, test } from 'vitest'
import { plusMinus, quartiles, roughly, threeDigits, wrapped } from './figures.ts'

test('shows three digits or more', () => {
  expect([0.1234, 9.994, 9.996, 12.34, 99.96, 123.4, 12_345].map(threeDigits)).toEqual([
    '0.12',
    '9.99',
    '10.0',
    '12.3',
    '100',
    '123',
    '12,345',
  ])
})

test('shows a spread where there is one', () => {
  expect(plusMinus({ lower: 900, median: 1000, upper: 1200 })).toBe('1,000 ±150')
  expect(quartiles({ lower: 3.9, median: 4, upper: 12.34 })).toBe('4.00 (3.90…12.3)')
  expect(plusMinus({ lower: 7, median: 7, upper: 7 })).toBe('7')
  expect(quartiles({ lower: 7, median: 7, upper: 7 })).toBe('7.00')
  const nothing = { lower: Number.NaN, median: Number.NaN, upper: Number.NaN }
  expect([plusMinus(nothing), quartiles(nothing)]).toEqual(['—', '—'])
})

test('tells a time as one would say it', () => {
  expect([400, 59_001, 125_000].map(roughly)).toEqual(['about 1 s', 'about 60 s', 'about 2 min'])
})

test('breaks what is too long, and indents what follows', () => {
  expect(wrapped('one two three', 2, 8)).toEqual(['  one', '    two', '    three'])
  expect(wrapped('one two three', 0, 8)).toEqual(['one two', '  three'])
})
