import { spread } from '../statistics.ts'
import { groupOf, nameOf } from './contestants.ts'
import { quartiles, wrapped } from './figures.ts'
import { groupsTable } from './groups-table.ts'
import type { Report, Round, Row } from './report.ts'
import { cpuPerCall, fullNameOf, okPerSecond, p50, p99 } from './row-figures.ts'

/** What has changed since an older report: for each row now divided by then, and what else is not the same. */
export function comparison(old: Report, now: Report, name: string): string[] {
  const then = new Map(old.rows.filter(isMeasured).map((row) => [fullNameOf(row), row]))
  const today = new Map(now.rows.filter(isMeasured).map((row) => [fullNameOf(row), row]))
  const both = [...today].flatMap(([full, row]) => {
    const other = then.get(full)
    return other === undefined ? [] : [{ row, other }]
  })
  const title = `Now divided by ${name} of ${old.date.slice(0, 10)}: median and quartiles of all pairs of rounds`
  return [
    ...wrapped(title, 0),
    '',
    ...groupsTable(
      ['req/s', 'CPU a call', 'p50', 'p99'],
      both.map(({ row, other }) => ({
        group: groupOf(row),
        name: nameOf(row),
        cells: [okPerSecond, cpuPerCall, p50, p99].map((figure) => quartiles(spread(ratios(row, other, figure)))),
      })),
    ),
    ...(both.length === 0 ? ['  No row is in both.'] : []),
    '',
    ...differences(old, now).flatMap((line) => wrapped(line)),
    ...without(today, then).flatMap((rows) => wrapped(`only now: ${rows}`)),
    ...without(then, today).flatMap((rows) => wrapped(`only then: ${rows}`)),
  ]
}

function isMeasured({ rounds }: Row): boolean {
  return rounds.length > 0
}

function without(rows: ReadonlyMap<string, Row>, others: ReadonlyMap<string, Row>): string[] {
  const alone = [...rows.keys()].filter((name) => !others.has(name))
  return alone.length === 0 ? [] : [alone.join('; ')]
}

/** Every round of one run with every one of the other: they did not take place side by side. */
function ratios(row: Row, other: Row, figure: (round: Round) => number): number[] {
  const all = row.rounds.flatMap((round) => other.rounds.map((old) => figure(round) / figure(old)))
  return all.filter((ratio) => Number.isFinite(ratio))
}

function differences(old: Report, now: Report): string[] {
  const facts = (['machine', 'node', 'fetch', 'target'] as const).map((fact) => [fact, old[fact], now[fact]] as const)
  const flags = ['layers', 'duration', 'requests', 'rate'].map(
    (flag) => [`--${flag}`, old.flags[flag] ?? 'absent', now.flags[flag] ?? 'absent'] as const,
  )
  return [...facts, ...flags]
    .filter(([, then, today]) => then !== today)
    .map(([what, then, today]) => `not the same: ${what} was ${then}, and is ${today}`)
}
