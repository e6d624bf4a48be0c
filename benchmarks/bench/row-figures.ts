import { type Spread, spread } from '../statistics.ts'
import { type Contestant, groupOf, nameOf } from './contestants.ts'
import type { Round, Row } from './report.ts'

/** Calls a second that came to a 2xx. */
export function okPerSecond({ ok, seconds }: Round): number {
  return ok / seconds
}

/** CPU time of the client in microseconds. */
export function cpuPerCall({ cpu, calls }: Round): number {
  return cpu / calls
}

/** The time that half of the calls took at most, in milliseconds. */
export function p50({ latency }: Round): number {
  return latency?.p50 ?? Number.NaN
}

/** The time that 99 of 100 calls took at most, in milliseconds. */
export function p99({ latency }: Round): number {
  return latency?.p99 ?? Number.NaN
}

/** The row that a group is compared with: its first. */
export function baselineOf<Member extends Contestant>(row: Member, rows: readonly Member[]): Member {
  return rows.find((other) => groupOf(other) === groupOf(row)) ?? row
}

/** A figure divided by that of another row, in each round that both took part in. */
export function ratioInRounds(row: Row, other: Row, figure: (round: Round) => number): Spread {
  const ratios = row.rounds.flatMap((round) => {
    const beside = other.rounds.find((each) => each.round === round.round)
    return beside === undefined ? [] : [figure(round) / figure(beside)]
  })
  return spread(ratios.filter((ratio) => Number.isFinite(ratio)))
}

/** Of all rounds. */
export function sumOf({ rounds }: Row, what: 'calls' | 'missed' | 'ok'): number {
  return rounds.reduce((sum, round) => sum + round[what], 0)
}

/** How often calls failed, by what they failed with. */
export function failuresOf({ rounds }: Row): Map<string, number> {
  const sum = new Map<string, number>()
  for (const [kind, times] of rounds.flatMap(({ failures }) => Object.entries(failures))) {
    sum.set(kind, (sum.get(kind) ?? 0) + times)
  }
  return sum
}

/** As `https, 10 at a time: pooled, 16 conns`. */
export function fullNameOf(row: Contestant): string {
  return `${groupOf(row)}: ${nameOf(row)}`
}
