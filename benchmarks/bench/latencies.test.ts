import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Latencies } from './latencies.ts'

test('knows the percentiles of what it was told, to a percent', () => {
  const latencies = new Latencies()
  for (let call = 10_000; call >= 1; call -= 1) latencies.add(call / 10)
  const { p50 = 0, p90 = 0, p99 = 0, p999 = 0 } = latencies.percentiles() ?? {}
  expect(p50 / 500).toBeCloseTo(1, 2)
  expect(p90 / 900).toBeCloseTo(1, 2)
  expect(p99 / 990).toBeCloseTo(1, 2)
  expect(p999 / 999).toBeCloseTo(1, 2)
})

test('no time from a tenth of a millisecond to an hour is off by more than a percent', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 3_600_000, noNaN: true }), (time) => {
      const latencies = new Latencies()
      latencies.add(time)
      expect(Math.abs((latencies.percentiles()?.p99 ?? 0) / time - 1)).toBeLessThan(0.01)
    }),
    { numRuns: 1000 },
  )
})

test('takes what is beyond its ends as its ends', () => {
  const latencies = new Latencies()
  for (const time of [-1, 0, Infinity]) latencies.add(time)
  expect(latencies.percentiles()?.p50).toBe(0.001)
  expect((latencies.percentiles()?.p999 ?? 0) / 3_600_000).toBeCloseTo(1, 2)
})

test('includes the times of others, which keep theirs', () => {
  const [all, some] = [new Latencies(), new Latencies()]
  some.add(7)
  all.include(some)
  all.include(some)
  all.add(70)
  expect(all.percentiles()?.p50).toBeCloseTo(7, 1)
  expect(all.percentiles()?.p99).toBeCloseTo(70, 0)
  expect(some.percentiles()?.p999).toBeCloseTo(7, 1)
})

test('of nothing there are none', () => {
  expect(new Latencies().percentiles()).toBeUndefined()
})
