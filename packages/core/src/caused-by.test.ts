import { expect, it } from 'vitest'
import { causedBy } from './caused-by.ts'

const failure = new Error('failure')

it('gives what was thrown the failure as its cause, not enumerable as any other', () => {
  const thrown = new Error('thrown')
  expect(causedBy(failure, thrown)).toBe(thrown)
  expect(thrown.cause).toBe(failure)
  expect(Object.keys(thrown)).toEqual([])
})

it('leaves a cause alone, one that is undefined too', () => {
  for (const cause of [new Error('own'), undefined]) {
    const thrown = new Error('thrown', { cause })
    expect(causedBy(failure, thrown)).toBe(thrown)
    expect(thrown.cause).toBe(cause)
  }
})

it('makes no circle', () => {
  const inner = new Error('inner')
  causedBy(new Error('outer', { cause: inner }), inner)
  causedBy(inner, inner)
  expect(inner).not.toHaveProperty('cause')
})

it('ends at a circle that is there', () => {
  const [a, b] = [new Error('a'), new Error('b')]
  a.cause = b
  b.cause = a
  const thrown = new Error('thrown')
  causedBy(a, thrown)
  expect(thrown.cause).toBe(a)
})

it.each([['a string'], [null], [Object.freeze(new Error('frozen'))]])(
  'hands on what can have no cause: %o',
  (thrown) => {
    expect(causedBy(failure, thrown)).toBe(thrown)
  },
)
