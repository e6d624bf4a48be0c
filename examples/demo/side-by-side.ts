import { count, milliseconds, percent, ratio } from './figures.ts'
import { type Row, table } from './table.ts'
import type { Tally } from './tally.ts'

/** A side of the comparison, how its calls went, and how many requests its upstream saw, where that is known. */
export interface Side {
  readonly name: string
  readonly tally: Tally
  readonly hits?: number
}

/** The table of the two sides; `more` are rows that only some upstreams can fill. */
export function sideBySide(bare: Side, hardened: Side, more: readonly Row[] = []): string[] {
  const sides = [bare, hardened]
  const row = (label: string, cell: (tally: Tally) => string | undefined): Row => [
    label,
    ...sides.map(({ tally }) => cell(tally)),
  ]
  const failures = new Set(sides.flatMap(({ tally }) => tally.outcomes.flatMap(({ failure }) => failure ?? [])))
  const known: Row[] = hardened.hits === undefined ? [] : [['upstream hits per call', ...sides.map(hitsPerCall)]]
  return table(
    ['', ...sides.map(({ name }) => name)],
    [
      row('calls', (tally) => count(tally.calls)),
      row('success rate', (tally) => percent(tally.ok, tally.calls)),
      row('failed', (tally) => count(tally.failed)),
      ...[...failures].sort().map((failure) => row(`  ${failure}`, (tally) => count(tally.failedWith(failure)))),
      row('latency of all calls p50', (tally) => milliseconds(tally.latency(0.5))),
      row('                     p95', (tally) => milliseconds(tally.latency(0.95))),
      row('                     p99', (tally) => milliseconds(tally.latency(0.99))),
      ...known,
      ...more,
    ],
  )
}

/** The table in a sentence. */
export function readingOf(bare: Side, hardened: Side): string {
  if (bare.tally.calls === 0 || hardened.tally.calls === 0) return 'No call was over yet.'
  const lost = ({ name, tally }: Side): string => `${name} lost ${count(tally.failed)} of ${count(tally.calls)} calls`
  const slowest = ({ tally }: Side): string | undefined => milliseconds(tally.latency(0.99))
  const [price, usual] = [hardened, bare].map(hitsPerCall)
  const cost = price === undefined ? '' : `it took ${price} requests per call instead of ${usual}, and `
  const time = `99 % of its calls were over within ${slowest(hardened)} instead of ${slowest(bare)}.`
  return `${lost(bare)}, ${lost(hardened)}; ${cost}${time}`
}

function hitsPerCall({ hits, tally }: Side): string | undefined {
  return hits === undefined ? undefined : ratio(hits, tally.started.length)
}
