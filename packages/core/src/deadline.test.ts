import { expect, it } from 'vitest'
import { deadlineOf, setDeadline } from './deadline.ts'

it('tells the deadline of a signal', () => {
  const { signal } = new AbortController()
  setDeadline(signal, 1234.5)
  expect(deadlineOf(signal)).toBe(1234.5)
})

it('is never where nobody said, or there is no signal', () => {
  expect(deadlineOf(new AbortController().signal)).toBe(Number.POSITIVE_INFINITY)
  expect(deadlineOf(undefined)).toBe(Number.POSITIVE_INFINITY)
})

it('takes 0 for a deadline', () => {
  const { signal } = new AbortController()
  setDeadline(signal, 0)
  expect(deadlineOf(signal)).toBe(0)
})

it('is not lost by way of a further one that is never', () => {
  const { signal } = new AbortController()
  setDeadline(signal, 5)
  setDeadline(signal, Number.POSITIVE_INFINITY)
  expect(deadlineOf(signal)).toBe(5)
})

it('leaves no trace on the signal', () => {
  const { signal } = new AbortController()
  const before = Reflect.ownKeys(signal)
  setDeadline(signal, 5)
  expect(Reflect.ownKeys(signal)).toEqual(before)
})
