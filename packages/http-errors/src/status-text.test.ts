import { STATUS_CODES } from 'node:http'
import { expect, it } from 'vitest'
import { statusTextOf } from './status-text.ts'

/** Node has older words for these, or numbers that are not registered any more. */
const differing: Readonly<Record<string, string>> = {
  413: 'Content Too Large',
  418: '',
  422: 'Unprocessable Content',
  509: '',
  510: '',
}

const failures = Object.entries(STATUS_CODES).filter(([status]) => Number(status) >= 400)

it.each(failures)('%s is what Node calls %s', (status, text) => {
  expect(statusTextOf(Number(status))).toBe(differing[status] ?? text)
})

it.each([200, 304, 499, 599, 999, 0])('%i has no words', (status) => {
  expect(statusTextOf(status)).toBe('')
})
