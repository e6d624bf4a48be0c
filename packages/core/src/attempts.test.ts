import { expect, it } from 'vitest'
import { type AttemptLog, attemptsOf, recordAttempts } from './attempts.ts'

const log: AttemptLog = { attempts: [{ status: 503, duration: 1, wait: 2 }], stopped: 'budget' }

it('tells the attempts behind a response and behind an error', () => {
  for (const result of [new Response(), new Error('failed')]) {
    recordAttempts(result, log)
    expect(attemptsOf(result)).toBe(log)
  }
})

it('tells what the outermost layer has recorded last', () => {
  const response = new Response()
  const outer: AttemptLog = { attempts: [] }
  recordAttempts(response, log)
  recordAttempts(response, outer)
  expect(attemptsOf(response)).toBe(outer)
})

it('knows nothing of a result that is another object', () => {
  const response = new Response('text')
  recordAttempts(response, log)
  expect(attemptsOf(response.clone())).toBeUndefined()
  expect(attemptsOf(new Error('failed'))).toBeUndefined()
})

it('takes the reasons that are no objects, which nothing can be recorded of', () => {
  for (const reason of [undefined, null, 'reason', 5, Symbol('reason')]) {
    recordAttempts(reason, log)
    expect(attemptsOf(reason)).toBeUndefined()
  }
})

it('leaves no trace on the result', () => {
  const response = new Response()
  const before = Reflect.ownKeys(response)
  recordAttempts(response, log)
  expect(Reflect.ownKeys(response)).toEqual(before)
})
