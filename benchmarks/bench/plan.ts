import type { Flags } from './command-line.ts'
import type { Slice } from './slice.ts'

/** What every row does: a warm-up, then its share of each round. */
export interface Plan {
  readonly warmUp: Slice
  readonly rounds: readonly Slice[]
}

const mostRounds = 10
const shortestRound = 100
const warmUpTime = 750
const warmUpCalls = 2000

/**
 * As many rounds as make sense: none shorter than a tenth of a second, none with fewer calls than there are at a time.
 * The warm-up keeps to the same rate and the same bounds.
 */
export function planFor({ concurrency, duration, requests, rate }: Flags): Plan {
  const calls = requests ?? (rate === undefined ? undefined : Math.max(1, Math.round((rate * duration) / 1000)))
  const time = requests === undefined ? duration : undefined
  const rounds = Math.min(
    mostRounds,
    time === undefined ? Infinity : Math.max(1, Math.floor(time / shortestRound)),
    calls === undefined
      ? Infinity
      : Math.max(1, Math.floor(calls / (rate === undefined ? Math.max(...concurrency) : 1))),
  )
  const shareOfCalls = (round: number): number | undefined =>
    calls && Math.floor(((round + 1) * calls) / rounds) - Math.floor((round * calls) / rounds)
  const briefly = Math.min(warmUpTime, time ?? Infinity)
  const paced = rate === undefined ? undefined : Math.max(1, Math.floor((rate * briefly) / 1000))
  return {
    warmUp: { rate, duration: briefly, calls: Math.min(warmUpCalls, calls ?? Infinity, paced ?? Infinity) },
    rounds: Array.from({ length: rounds }, (_, round) => ({
      rate,
      duration: time === undefined ? undefined : time / rounds,
      calls: shareOfCalls(round),
    })),
  }
}

/** Another order each round, in turn forwards and backwards: neighbours stay together, and each goes first. */
export function orderIn<Member>(round: number, members: readonly Member[]): Member[] {
  const first = round % Math.max(1, members.length)
  const turned = [...members.slice(first), ...members.slice(0, first)]
  return round % 2 === 0 ? turned : turned.reverse()
}
