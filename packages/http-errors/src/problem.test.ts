import { describe, expect, it } from 'vitest'
import { isProblem, problemOf } from './problem.ts'

const parsed = (text: string): unknown => problemOf(new TextEncoder().encode(text))

describe('a response tells of a problem', () => {
  it.each(['application/problem+json', 'Application/Problem+JSON; charset=utf-8', 'application/problem+json ;q=1'])(
    'by the type %s',
    (type) => {
      expect(isProblem(new Response(null, { headers: { 'content-type': type } }))).toBe(true)
    },
  )

  it.each([
    'application/json',
    'application/problem+xml',
    'text/plain; x=application/problem+json',
    'application/problem+jsonp',
    '',
  ])('not by the type %j', (type) => {
    expect(isProblem(new Response(null, { headers: { 'content-type': type } }))).toBe(false)
  })

  it('not where there are no headers', () => {
    expect(Reflect.apply(isProblem, undefined, [{ status: 404 }])).toBe(false)
  })
})

describe('a problem', () => {
  it('has what the standard names, and extensions', () => {
    const problem = {
      type: 'https://example.com/probs/out-of-credit',
      title: 'You do not have enough credit.',
      status: 403,
      detail: 'Your current balance is 30, but that costs 50.',
      instance: '/account/12345/msgs/abc',
      balance: 30,
      accounts: ['/account/12345', '/account/67890'],
    }
    expect(parsed(JSON.stringify(problem))).toEqual(problem)
  })

  it('is about:blank where it has no type', () => {
    expect(parsed('{}')).toEqual({ type: 'about:blank' })
    expect(parsed('{"type":7,"title":"Gone"}')).toEqual({ type: 'about:blank', title: 'Gone' })
  })

  it('has no member of a type that it must not have', () => {
    const wrong = { title: 1, status: '403', detail: null, instance: {}, other: null }
    expect(parsed(JSON.stringify(wrong))).toEqual({ type: 'about:blank', other: null })
  })

  it('has no say in what objects are', () => {
    const problem = parsed('{"__proto__":{"polluted":true}}')
    expect(problem).not.toHaveProperty('polluted')
    expect(Object.getPrototypeOf(problem)).toBe(Object.prototype)
    expect(Object.keys(Object(problem))).toEqual(['type', '__proto__'])
  })

  it.each(['', '{', '[]', 'null', '"text"', '5', '<html>', '\u0000'])('is not %j', (text) => {
    expect(parsed(text)).toBeUndefined()
  })
})
