import { expect, test } from 'vitest'
import { recoveredAfter, timeline } from './recovery.ts'
import type { Outcome } from './tally.ts'

/** Ten calls a second for so many seconds, of which those between `down` and `up` fail. */
function traffic(seconds: number, down: number, up: number): Outcome[] {
  return Array.from({ length: seconds * 10 }, (_, call) => call * 100).map((at) => ({
    at,
    duration: 1,
    failure: at >= down && at < up ? 'timeout' : undefined,
  }))
}

test('finds the first second after the outage in which 95 % succeed', () => {
  expect(recoveredAfter(traffic(10, 2000, 4500), 3000, 10_000)).toBe(1500)
  expect(recoveredAfter(traffic(10, 2000, 2500), 3000, 10_000)).toBe(0)
})

test('finds none where there is none, or no traffic', () => {
  expect(recoveredAfter(traffic(10, 2000, 10_000), 3000, 10_000)).toBeUndefined()
  expect(recoveredAfter([], 3000, 10_000)).toBeUndefined()
})

test('draws full, half and empty blocks, and blanks where nothing was called', () => {
  expect(timeline(traffic(3, 1000, 1500), 0, 4000, 500)).toBe('██▁███  ')
  expect(timeline(traffic(1, 500, 1000), 0, 1000, 1000)).toBe('▄')
})
