import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { retryAfterOf } from './retry-after.ts'

const now = 'Sun, 22 Nov 2026 12:00:00 GMT'

beforeEach(() => void vi.useFakeTimers({ now: new Date(now) }))
afterEach(() => void vi.useRealTimers())

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['2', 2000],
    ['  7 ', 7000],
    ['1.5', 1500],
    ['99999999', 99_999_999_000],
    ['Sun, 22 Nov 2026 12:00:05 GMT', 5000],
    ['Sunday, 22-Nov-26 12:00:05 GMT', 5000],
    ['Sun Nov 22 12:00:05 2026', 5000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('%s is a wait of %i ms', (value, wait) => {
    expect(retryAfterOf(new Headers({ 'retry-after': value }))).toBe(wait)
  })

  it.each([
    '-1',
    '+1',
    '',
    'soon',
    '1,2',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '2026-11-22',
    '5 seconds',
    'Sun, 99 Nov 2026 12:00:05 GMT',
  ])('%j makes no sense and is none', (value) => {
    expect(retryAfterOf(new Headers({ 'retry-after': value }))).toBeUndefined()
  })

  it('is none where there is no such header', () => {
    expect(retryAfterOf(new Headers())).toBeUndefined()
  })

  it("as a date is held against the server's own clock", () => {
    const headers = { 'retry-after': 'Sun, 22 Nov 2026 18:00:10 GMT', date: 'Sun, 22 Nov 2026 18:00:00 GMT' }
    expect(retryAfterOf(new Headers(headers))).toBe(10_000)
  })
})

describe('a test double without usable headers', () => {
  it.each([
    [undefined],
    [null],
    [{}],
    [{ 'retry-after': '1' }],
    [{ get: 'x' }],
    [new Map()],
    [new Map([['retry-after', 7]])],
  ])('has no Retry-After: %o', (headers) => {
    expect(Reflect.apply(retryAfterOf, undefined, [headers])).toBeUndefined()
  })
})

describe('retry-after-ms', () => {
  it.each([
    ['250', 250],
    ['0', 0],
    ['12.5', 12.5],
  ])('%s is a wait of %d ms', (value, wait) => {
    expect(retryAfterOf(new Headers({ 'retry-after-ms': value, 'retry-after': '9' }))).toBe(wait)
  })

  it('gives way to Retry-After when it makes no sense', () => {
    expect(retryAfterOf(new Headers({ 'retry-after-ms': '-3', 'retry-after': '9' }))).toBe(9000)
  })
})
