import { expect, test } from 'vitest'
import { type Flags, parseCommand } from './command-line.ts'
import { orderIn, planFor } from './plan.ts'

const plan = (...args: string[]) => planFor(parseCommand(args) as Flags)

test('splits the time into ten rounds, after a short warm-up', () => {
  const { warmUp, rounds } = plan()
  expect(warmUp).toMatchObject({ duration: 750, calls: 2000 })
  expect(rounds).toHaveLength(10)
  expect(rounds[9]).toEqual({ duration: 500, calls: undefined, rate: undefined })
})

test('has no round that is too short to tell anything', () => {
  expect(plan('--duration', '250ms').rounds.map(({ duration }) => duration)).toEqual([125, 125])
  expect(plan('--requests', '35', '--concurrency', '1,10').rounds.map(({ calls }) => calls)).toEqual([11, 12, 12])
})

test('makes exactly as many calls as were asked for', () => {
  for (const requests of [1, 9, 40, 1003]) {
    const { warmUp, rounds } = plan('--requests', String(requests), '--concurrency', '2')
    expect(rounds.reduce((sum, { calls = 0 }) => sum + calls, 0)).toBe(requests)
    expect(warmUp.calls).toBeLessThanOrEqual(requests)
  }
})

test('keeps to the rate, in the warm-up too', () => {
  const { warmUp, rounds } = plan('--rate', '100', '--duration', '2s')
  expect(rounds).toEqual(Array(10).fill({ rate: 100, duration: 200, calls: 20 }))
  expect(warmUp).toEqual({ rate: 100, duration: 750, calls: 75 })
  expect(plan('--rate', '1', '--duration', '3s').rounds).toHaveLength(3)
})

test('a round has everybody once, in an order of its own, with neighbours beside each other', () => {
  const members = ['a', 'b', 'c', 'd', 'e', 'f']
  const orders = Array.from({ length: 4 }, (_, round) => orderIn(round, members).join(''))
  expect(orders).toEqual(['abcdef', 'afedcb', 'cdefab', 'cbafed'])
  expect(orderIn(3, [])).toEqual([])
})
