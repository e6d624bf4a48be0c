import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { queryOfParams, queryOfUrl, withQuery } from './default-params.ts'

const added = (params: object, url = 'http://a.test/'): string => withQuery(url, queryOfParams(params))

describe('parameters', () => {
  it.each([
    [{ a: 'b', c: 1, d: 1.5, e: true, f: 10n }, 'a=b&c=1&d=1.5&e=true&f=10'],
    [{ item: ['apple', 'banana'], category: 'fruit' }, 'item=apple&item=banana&category=fruit'],
    [{ at: new Date(0) }, 'at=1970-01-01T00%3A00%3A00.000Z'],
    [{ empty: '', zero: 0, no: false }, 'empty=&zero=0&no=false'],
    [{ a: 'x y&=+é~', 'ü b': '%20' }, 'a=x+y%26%3D%2B%C3%A9%7E&%C3%BC+b=%2520'],
    [{ foo: 1, FOO: 2 }, 'foo=1&FOO=2'],
    [{ 'a[]': [1, 2] }, 'a%5B%5D=1&a%5B%5D=2'],
    [new URLSearchParams('b=1&a=2&b=3'), 'b=1&b=3&a=2'],
    [{ mixed: [null, 'a', undefined, 1] }, 'mixed=a&mixed=1'],
    [JSON.parse('{"__proto__":"x"}'), '__proto__=x'],
  ])('%o are %s', (params, query) => {
    expect(added(params)).toBe(`http://a.test/?${query}`)
  })

  it.each([[{}], [{ a: null, b: undefined }], [{ a: [] }], [{ a: [null] }], [new URLSearchParams()]])(
    '%o are nothing',
    (params) => {
      expect(added(params)).toBe('http://a.test/')
    },
  )

  it.each([
    ['a=canary', 'a string'],
    [null, 'null'],
    [5, '5'],
    [[['a', '1']], 'an array'],
    [new Map(), 'an object'],
    [() => {}, 'a function'],
  ])('may not be %o', (params, got) => {
    const message = `defaults: params must be an object of values by name or a URLSearchParams, got ${got}`
    expect(() => queryOfParams(params)).toThrow(new TypeError(message))
  })

  it.each([
    [{}, 'an object'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [new Date('nonsense'), 'a Date that is none'],
    [Symbol('s'), 'Symbol(s)'],
    [() => {}, 'a function'],
    [[['nested']], 'an array'],
    [[1, {}], 'an object'],
  ])('may not have the value %o', (value, got) => {
    const must = 'must be a string, number, boolean, bigint, Date, null or a list of these'
    expect(() => queryOfParams({ 'x y': value })).toThrow(new TypeError(`defaults: params["x y"] ${must}, got ${got}`))
  })
})

describe('the query of a base URL', () => {
  it('is kept as it is written, by name', () => {
    const query = queryOfUrl(new URL('http://a.test/?b=%7e&flag&&a=x%20y&b=+&=nameless'))
    expect([...query]).toEqual([
      ['b', 'b=%7e&b=+'],
      ['flag', 'flag'],
      ['a', 'a=x%20y'],
      ['', '=nameless'],
    ])
  })
})

describe('a URL', () => {
  it.each([
    ['http://a.test/p', 'http://a.test/p?n=1'],
    ['http://a.test/p?', 'http://a.test/p?n=1'],
    ['http://a.test/p?x=1', 'http://a.test/p?x=1&n=1'],
    ['http://a.test/p?x=1&', 'http://a.test/p?x=1&n=1'],
    ['http://a.test/p?x=1#f?y=2', 'http://a.test/p?x=1&n=1#f?y=2'],
    ['http://a.test/p#f', 'http://a.test/p?n=1#f'],
    ['/p?x', '/p?x&n=1'],
    ['', '?n=1'],
    ['http://a.test/?a=%zz&b=%7e~+%20é&&=', 'http://a.test/?a=%zz&b=%7e~+%20é&&=&n=1'],
  ])('%s becomes %s', (url, extended) => {
    expect(added({ n: 1 }, url)).toBe(extended)
  })

  it.each(['?n=2', '?n', '?a&n=', '?%6e=2', '?n=2&n=3#f'])('that has the name itself, as %s, stays as it is', (url) => {
    expect(added({ n: 1 }, url)).toBe(url)
    expect(added({ n: [1, 4] }, url)).toBe(url)
  })

  it('that has the name in its fragment only, or in another case, does not have it', () => {
    expect(added({ n: 1 }, '?N=2#n=3')).toBe('?N=2&n=1#n=3')
  })

  it('keeps its query and fragment byte for byte, whatever is added, and has all that was, once', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null))
    const params = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.oneof(value, fc.array(value)))
    const base = fc.tuple(fc.string({ unit: 'binary' }), fc.string()).map(([query, fragment]) => {
      return new URL(`http://a.test/?${query.replaceAll('#', '')}#${fragment}`)
    })
    void fc.assert(
      fc.property(base, params, (url, given) => {
        const query = queryOfParams(given)
        const extended = withQuery(url.href, query)
        const parsed = new URL(extended)
        expect(parsed.href).toBe(extended)
        expect(parsed.search.startsWith(url.search)).toBe(true)
        expect(parsed.hash).toBe(url.hash)
        expect([...parsed.searchParams].slice(0, url.searchParams.size)).toEqual([...url.searchParams])
        for (const [name, text] of query) {
          const own = url.searchParams.getAll(name)
          const expected = own.length > 0 ? own : [...new URLSearchParams(text).values()]
          expect(parsed.searchParams.getAll(name.toWellFormed())).toEqual(expected)
        }
        expect(withQuery(extended, query)).toBe(extended)
      }),
      { numRuns: 500 },
    )
  })
})
