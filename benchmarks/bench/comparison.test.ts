import { expect, test } from 'vitest'
import { comparison } from './comparison.ts'
import { reportOf, rowOf } from './report-of.ts'

test('divides every round of now by every one of then', () => {
  const old = reportOf([rowOf({}, [100, 100]), rowOf({ mode: 'pooled' }, [100, 200])])
  const now = reportOf([rowOf({}, [200, 200]), rowOf({ mode: 'pooled' }, [200, 400])])
  expect(comparison(old, now, 'old.json')).toEqual([
    'Now divided by old.json of 2026-11-22: median and quartiles of all pairs of rounds',
    '',
    expect.stringMatching(/^ +req\/s +CPU a call +p50 +p99$/),
    '  http, 10 at a time',
    expect.stringMatching(/^ {4}unpooled +2\.00 +0\.50 +0\.50 +1\.00$/),
    expect.stringMatching(/^ {4}pooled +2\.00 \(1\.75…2\.50\) +0\.50 \(0\.44…0\.63\) +0\.50 \(0\.44…0\.63\) +1\.00$/),
    '',
  ])
})

test('says what else is not the same', () => {
  const old = reportOf([rowOf({}, [100])], { machine: '64 × another, darwin arm64', node: 'v22.19.0' })
  const now = reportOf([rowOf({}, [100])], { flags: { duration: '5000ms', layers: 'retry' } })
  expect(comparison(old, now, 'old.json').slice(-3)).toEqual([
    '  not the same: machine was 64 × another, darwin arm64, and is 2 × some processor, linux x64',
    '  not the same: node was v22.19.0, and is v24.21.0',
    '  not the same: --layers was absent, and is retry',
  ])
})

test('names the rows that have no counterpart', () => {
  const old = reportOf([rowOf({ connections: 4, mode: 'pooled' }, [100])])
  const now = reportOf([rowOf({}, [100]), rowOf({ concurrency: 1 }, [])])
  const lines = comparison(old, now, 'old.json')
  expect(lines).toContain('  No row is in both.')
  expect(lines.slice(-2)).toEqual([
    '  only now: http, 10 at a time: unpooled',
    '  only then: http, 10 at a time: pooled, 4 conns',
  ])
})
