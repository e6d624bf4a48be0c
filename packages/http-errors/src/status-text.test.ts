import { STATUS_CODES } from 'node:http'
import { expect, it } from 'vitest'
import { reasonOf, statusTextOf } from './status-text.ts'

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

it.each([
  ['Nicht gefunden é', 'Nicht gefunden é'],
  [' \t ', 'Not Found'],
  ['', 'Not Found'],
  [undefined, 'Not Found'],
  ['a\r\nb\tc', 'a b c'],
  ['a\u001b[31mb\u0000\u009b\u202e\u200b', 'a\ufffd[31mb\ufffd\ufffd\ufffd\ufffd'],
  ['x'.repeat(101), 'x'.repeat(100)],
])('the reason %j of a server is shown as %j', (given, shown) => {
  expect(reasonOf(404, given)).toBe(shown)
})
