import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { closedLoop, openLoop } from './pacing.ts'

const never = new AbortController().signal

/** Calls that take a turn of the event loop, and note when they were due and how many are under way. */
function calls() {
  const due: number[] = []
  let running = 0
  let most = 0
  const call = async (time: number): Promise<void> => {
    due.push(time)
    running += 1
    most = Math.max(most, running)
    await setImmediate()
    running -= 1
  }
  return { due, call, most: () => most }
}

/** Keeps the whole process busy. */
function busyUntil(time: number): void {
  while (performance.now() < time);
}

test('back to back: so many calls, so many at a time', async () => {
  const { due, call, most } = calls()
  await closedLoop({ concurrency: 3, calls: 10 }, never, call)
  expect(due).toHaveLength(10)
  expect(most()).toBe(3)
})

test('back to back: ends with its time, and what is under way is waited for', async () => {
  const { due, call } = calls()
  await closedLoop({ concurrency: 2, duration: 20 }, never, async (time) => {
    await call(time)
    busyUntil(time + 15)
  })
  expect(due.length).toBeGreaterThanOrEqual(1)
  expect(due.length).toBeLessThanOrEqual(4)
})

test('back to back: begins no call after a stop', async () => {
  const stop = new AbortController()
  const { due, call } = calls()
  await closedLoop({ concurrency: 1, calls: 100 }, stop.signal, async (time) => {
    await call(time)
    if (due.length === 3) stop.abort()
  })
  expect(due).toHaveLength(3)
})

test('on schedule: a call that finds no free caller counts from when it was due', async () => {
  const { due, call, most } = calls()
  await openLoop(
    { concurrency: 1, calls: 6, rate: 1000 },
    never,
    async (time) => {
      if (due.length === 0) busyUntil(time + 50)
      await call(time)
    },
    unexpected,
  )
  expect(most()).toBe(1)
  expect(due).toHaveLength(6)
  const [first = 0, ...others] = due
  for (const [index, time] of others.entries()) expect(time - first).toBeCloseTo(index + 1)
})

test('on schedule: no more under way than there are callers', async () => {
  const { due, call, most } = calls()
  await openLoop({ concurrency: 4, calls: 40, rate: 100_000 }, never, call, unexpected)
  expect(due).toHaveLength(40)
  expect(most()).toBeLessThanOrEqual(4)
})

test('on schedule: gives up after twice its time, and tells what it never began', async () => {
  const { due, call } = calls()
  const missed: number[] = []
  await openLoop(
    { concurrency: 1, calls: 5, rate: 1000, duration: 50 },
    never,
    async (time) => {
      await call(time)
      busyUntil(time + 150)
    },
    (time) => missed.push(time),
  )
  expect(due).toHaveLength(1)
  expect(missed).toHaveLength(4)
})

test('on schedule: a stop ends the wait for the next call', async () => {
  const stop = new AbortController()
  const { due, call } = calls()
  await openLoop(
    { concurrency: 2, calls: 3, rate: 0.001 },
    stop.signal,
    async (time) => {
      await call(time)
      stop.abort()
    },
    unexpected,
  )
  expect(due).toHaveLength(1)
})

function unexpected(): never {
  throw new Error('no call should have been missed')
}
