import { expect, test } from 'vitest'
import { contestants, groupOf, nameOf } from './contestants.ts'
import { UserError } from './user-error.ts'

test('has one for every combination, the baseline first in each group', () => {
  const rows = contestants({
    protocols: ['http', 'https'],
    modes: ['pooled', 'unpooled'],
    connections: [null],
    concurrency: [1, 10],
  })
  expect(rows.map((row) => `${groupOf(row)}: ${nameOf(row)}`)).toEqual([
    'http, 1 at a time: unpooled',
    'http, 1 at a time: pooled',
    'http, 10 at a time: unpooled',
    'http, 10 at a time: pooled',
    'https, 1 at a time: unpooled',
    'https, 1 at a time: pooled',
    'https, 10 at a time: unpooled',
    'https, 10 at a time: pooled',
  ])
})

test('leaves out what means nothing: unpooled with a limit, HTTP/2 without TLS', () => {
  const rows = contestants({
    protocols: ['http', 'https'],
    modes: ['unpooled', 'pooled', 'http2'],
    connections: [1, 16],
    concurrency: [8],
  })
  expect(rows.map((row) => `${row.protocol} ${nameOf(row)}`)).toEqual([
    'http unpooled',
    'http pooled, 1 conn',
    'http pooled, 16 conns',
    'https unpooled',
    'https pooled, 1 conn',
    'https pooled, 16 conns',
    'https http2, 1 conn',
    'https http2, 16 conns',
  ])
})

test('refuses more than there can be processes for', () => {
  const field = { protocols: ['http'], modes: ['pooled'], connections: [null] } as const
  const numbers = Array.from({ length: 65 }, (_, index) => index + 1)
  expect(contestants({ ...field, concurrency: numbers.slice(0, 64) })).toHaveLength(64)
  expect(() => contestants({ ...field, concurrency: numbers })).toThrow(
    new UserError('these flags make 65 rows, each with a process of its own: at most 64'),
  )
})
