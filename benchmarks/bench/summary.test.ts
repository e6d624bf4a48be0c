import { expect, test } from 'vitest'
import { reportOf, roundOf, rowOf } from './report-of.ts'
import { summary } from './summary.ts'

test('compares within a round: a slow minute for all changes no ratio', () => {
  const lines = summary(reportOf([rowOf({}, [1000, 10, 100], 1110), rowOf({ mode: 'pooled' }, [4000, 40, 400])]))
  expect(lines).toEqual([
    expect.stringMatching(/^ +req\/s +× unpooled +CPU µs +p50 ms +p90 +p99 +p99\.9 +peak MB +calls +sockets$/),
    '  http, 10 at a time',
    expect.stringMatching(/^ {4}unpooled +100 ±248 +1 +1,000 ±\S+ +1\.00 +2\.00 +30\.0 +400 +100 +1,110 +1,110$/),
    expect.stringMatching(/^ {4}pooled +400 ±990 +4\.00 +250 ±\S+ +1\.00 +2\.00 +30\.0 +400 +100 +4,440 +10$/),
    '',
    '  → http: pooled makes 4.00 (at 10) times as many calls a second as unpooled',
    '  → sockets that the server counted: 1,110 for 1,110 unpooled requests, 10 for 4,440 pooled requests',
  ])
})

test('is at most 120 columns wide', () => {
  const rows = [1, 1000].flatMap((concurrency) => [
    rowOf({ protocol: 'https', concurrency }, [12_345, 23_456, 2345], 38_146),
    rowOf({ protocol: 'https', concurrency, mode: 'pooled', connections: 1000 }, [99_999, 12_345, 23_456]),
    rowOf({ protocol: 'https', concurrency, mode: 'http2', connections: 1000 }, [99_999, 12_345, 23_456]),
  ])
  expect(Math.max(...summary(reportOf(rows)).map((line) => line.length))).toBeLessThanOrEqual(120)
})

test('at a rate that is given it is time that is compared', () => {
  const lines = summary(
    reportOf([rowOf({}, [100, 100]), rowOf({ mode: 'pooled' }, [200, 400])], { flags: { rate: '50' } }),
  )
  expect(lines[0]).toContain('p50 × unpooled')
  expect(lines).toContain('  → http: pooled takes 0.38 (at 10) times as long for a call (p50) as unpooled')
})

test("counts connections that were open where the server is somebody else's", () => {
  const lines = summary(reportOf([rowOf({}, [100], null)]))
  expect(lines[0]).toMatch(/open at most$/)
  expect(lines.join()).not.toContain('sockets')
})

test('says what failed, and what was never begun', () => {
  const rounds = [
    roundOf(0, 100, { ok: 40, failures: { reset: 50, 'HTTP 503': 10 } }),
    roundOf(1, 100, { ok: 95, failures: { reset: 5 }, missed: 3000 }),
  ]
  const lines = summary(reportOf([{ ...rowOf({}, []), rounds }]))
  expect(lines).toContain('  http, 10 at a time: unpooled: 65 of 200 calls failed: reset (55), HTTP 503 (10)')
  expect(lines).toContain('  http, 10 at a time: unpooled: 3,000 further calls were due, and never begun')
})

test('shows what there is: rows that have not had their turn are left out', () => {
  const some = summary(reportOf([rowOf({}, [100]), rowOf({ mode: 'pooled' }, [])]))
  expect(some.join()).not.toContain('pooled makes')
  expect(some[2]).toMatch(/^ {4}unpooled +100 +1 +1,000 /)
  expect(summary(reportOf([rowOf({}, [])]))).toEqual(['  Nothing was measured.'])
})
