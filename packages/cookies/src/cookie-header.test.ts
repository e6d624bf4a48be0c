import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headerOf, mergedHeaders } from './cookie-header.ts'

describe('mergedHeaders', () => {
  it.each([
    ['', '', ''],
    ['a=1', '', 'a=1'],
    ['', 'a=1', 'a=1'],
    ['a=1; b=2', 'a=3', 'b=2; a=3'],
    ['a=1; a=2; b=3', 'a=4; a=5', 'b=3; a=4; a=5'],
    ['a=b=c', 'A=1', 'a=b=c; A=1'],
    [' a = 1 ;; ;b=2;', ' c=3 ', 'a = 1; b=2; c=3'],
    ['nameless', 'a=1', 'nameless; a=1'],
    ['nameless', 'other', 'other'],
  ])('of %j and %j is %j', (first, second, merged) => {
    expect(mergedHeaders(first, second)).toBe(merged)
  })

  it('lets the second win, whatever is in them, and is the same when it is done again', () => {
    const name = fc.stringMatching(/^[a-z]{1,3}$/)
    const values = fc.dictionary(name, fc.stringMatching(/^[!-:<-~]{0,5}$/))
    fc.assert(
      fc.property(values, values, (first, second) => {
        const merged = mergedHeaders(headerOf(first), headerOf(second))
        const read = Object.fromEntries(
          merged
            .split('; ')
            .filter(Boolean)
            .map((pair) => [pair.replace(/=.*/s, ''), pair.replace(/^[^=]*=/, '')]),
        )
        expect(read).toEqual({ ...first, ...second })
        expect(mergedHeaders(merged, headerOf(second))).toBe(merged)
      }),
    )
  })
})
