import { describe, expect, it } from 'vitest'
import { assertDuration, assertFunction, assertOptions, assertWhole, inWords } from './assert.ts'

describe('assertFunction', () => {
  it('accepts functions of every kind', () => {
    for (const value of [() => {}, async () => {}, class {}, Math.max]) {
      expect(() => assertFunction('layer: fetch', value)).not.toThrow()
    }
  })

  it('names what is no function, and what there is instead', () => {
    expect(() => assertFunction('layer: fetch', undefined)).toThrow(
      new TypeError('layer: fetch must be a function, got undefined'),
    )
    expect(() => assertFunction('layer: fetch', {})).toThrow(/^layer: fetch must be a function, got an object$/)
  })
})

describe('assertOptions', () => {
  const check = (options: unknown) => () => assertOptions('layer', options, ['after', 'idle'])

  it('accepts an object with known members, or none', () => {
    for (const options of [{}, { after: 1 }, { after: 1, idle: undefined }, Object.create(null)]) {
      expect(check(options)).not.toThrow()
    }
  })

  it('names an unknown member and the known ones', () => {
    expect(check({ afetr: 1 })).toThrow(new TypeError('layer: there is no option "afetr"; there are after, idle'))
  })

  it('sees that a fetch was given in place of options', () => {
    expect(check(fetch)).toThrow(
      new TypeError('layer: options must be an object, got a function; is it layer(options)(fetch)?'),
    )
  })

  it.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [5, '5'],
    ['fast', '"fast"'],
    [[], 'an array'],
  ])('refuses %j', (options, words) => {
    expect(check(options)).toThrow(new TypeError(`layer: options must be an object, got ${words}`))
  })
})

describe('assertDuration', () => {
  it('accepts every positive number, a fraction and Infinity too', () => {
    for (const value of [0.5, 1, 2 ** 40, Number.POSITIVE_INFINITY]) {
      expect(() => assertDuration('layer: after', value)).not.toThrow()
    }
  })

  it.each([
    [0, '0'],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [undefined, 'undefined'],
    ['5', '"5"'],
    [5n, '5n'],
    [null, 'null'],
  ])('refuses %s', (value, words) => {
    expect(() => assertDuration('layer: after', value)).toThrow(
      new RangeError(`layer: after must be a positive number of milliseconds, got ${words}`),
    )
  })
})

describe('assertWhole', () => {
  it('accepts whole numbers from the least on', () => {
    for (const value of [1, 2, Number.MAX_SAFE_INTEGER])
      expect(() => assertWhole('layer: limit', value, 1)).not.toThrow()
    expect(() => assertWhole('layer: queue', 0, 0)).not.toThrow()
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n, undefined])('refuses %s', (value) => {
    expect(() => assertWhole('layer: limit', value, 1)).toThrow(RangeError)
  })

  it('says what would be right', () => {
    expect(() => assertWhole('layer: limit', 0, 1)).toThrow('layer: limit must be a positive integer, got 0')
    expect(() => assertWhole('layer: queue', -1, 0)).toThrow('layer: queue must be an integer from 0 on, got -1')
  })
})

describe('inWords', () => {
  it.each([
    ['text', '"text"'],
    ['x'.repeat(41), `"${'x'.repeat(40)}…"`],
    [null, 'null'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [7n, '7n'],
    [() => 'secret', 'a function'],
    [['secret'], 'an array'],
    [{ password: 'secret' }, 'an object'],
    [Object.create(null), 'an object'],
    [Number.NaN, 'NaN'],
  ])('puts a value in few words and never shows the contents of an object (%#)', (value, words) => {
    expect(inWords(value)).toBe(words)
  })
})
