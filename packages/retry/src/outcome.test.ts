import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { answerOf, askedWait } from './outcome.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

/** An error of a layer below, as it is known: by its name and its members. */
function errorWith(name: string, members: object): Error {
  return Object.assign(new Error('a failure'), { name, ...members })
}

const response = new Response('busy', { status: 503, headers: { 'retry-after': '2' } })

describe('answerOf', () => {
  it('is the response, or that of an HttpError', () => {
    expect(answerOf({ response })).toBe(response)
    expect(answerOf({ error: errorWith('HttpError', { status: 503, response }) })).toBe(response)
    expect(answerOf({ error: errorWith('Error', { response }) })).toBeUndefined()
  })
})

describe('askedWait', () => {
  it('is what the server asks for', () => {
    expect(askedWait({ response })).toBe(2000)
    expect(askedWait({ error: errorWith('HttpError', { response }) })).toBe(2000)
    expect(askedWait({ response: new Response() })).toBeUndefined()
  })

  it.each([
    [1_000_500, 501],
    [999_000, 0],
    [Infinity, Infinity],
    [Number.NaN, undefined],
    ['1000500', undefined],
    [undefined, undefined],
  ])('is what is left until the retryAt of an error: %o', (retryAt, wait) => {
    expect(askedWait({ error: errorWith('CircuitOpenError', { retryAt }) })).toBe(wait)
  })

  it('is nothing of what is no error', () => {
    expect(askedWait({ error: undefined })).toBeUndefined()
    expect(askedWait({ error: 'a reason' })).toBeUndefined()
  })
})
