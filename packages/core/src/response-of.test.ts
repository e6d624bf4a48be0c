import { expect, it } from 'vitest'
import { responseOf } from './response-of.ts'

/** An error of a layer below, as it is known: by its name and its members. */
function errorWith(name: string, members: object): Error {
  return Object.assign(new Error('a failure'), { name, ...members })
}

const response = new Response('busy', { status: 503 })

it('is the response of an HttpError, whichever copy of the library made it', () => {
  expect(responseOf(errorWith('HttpError', { status: 503, response }))).toBe(response)
})

it.each([
  ['another error', errorWith('Error', { response })],
  ['an error that an HttpError has caused', new Error('outer', { cause: errorWith('HttpError', { response }) })],
  ['an HttpError without one', errorWith('HttpError', { status: 503 })],
  ['an HttpError with something else', errorWith('HttpError', { response: 'none' })],
  ['no error at all', undefined],
])('is nothing of %s', (_, error) => {
  expect(responseOf(error)).toBeUndefined()
})
