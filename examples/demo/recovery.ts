import type { Outcome } from './tally.ts'

const windowLength = 1000
const step = 100
const wanted = 0.95

/**
 * How long after `end` the first second begins of which 95 % of the calls succeed, by when they started; undefined when
 * there is none before `until`.
 */
export function recoveredAfter(outcomes: readonly Outcome[], end: number, until: number): number | undefined {
  for (let from = end; from + windowLength <= until; from += step) {
    const { calls, ok } = within(outcomes, from, from + windowLength)
    if (calls > 0 && ok >= calls * wanted) return from - end
  }
  return undefined
}

/** The success of calls by when they started, a block for every so many milliseconds: `███▁▁▁▄█`. */
export function timeline(outcomes: readonly Outcome[], from: number, until: number, length: number): string {
  let blocks = ''
  for (let at = from; at < until; at += length) {
    const { calls, ok } = within(outcomes, at, at + length)
    blocks += calls === 0 ? ' ' : '▁▂▃▄▅▆▇█'.charAt(Math.floor((ok * 7) / calls))
  }
  return blocks
}

/** The calls that started from `from` to before `to`. */
export function within(outcomes: readonly Outcome[], from: number, to: number): { calls: number; ok: number } {
  const some = outcomes.filter(({ at }) => at >= from && at < to)
  return { calls: some.length, ok: some.filter(({ failure }) => failure === undefined).length }
}
