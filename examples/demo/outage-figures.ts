import { styleText } from 'node:util'
import { count, percent, ratio, seconds } from './figures.ts'
import { recoveredAfter, timeline, within } from './recovery.ts'
import { faint, type Row, table } from './table.ts'
import type { Tally } from './tally.ts'

/** When it began and ended, on the clock of `performance.now()`; what has not come yet is `Infinity`. */
export interface Outage {
  began: number
  frozen: number
  thawed: number
  ended: number
}

/** A side, and what its upstream had seen when it froze, when it thawed, and in the end. */
export interface OutageSide {
  readonly name: string
  readonly tally: Tally
  readonly hits: readonly number[]
}

const block = 250

export function outageFigures(sides: readonly OutageSide[], outage: Outage): string[] {
  const { began, frozen, thawed, ended } = outage
  const row = (label: string, cell: (side: OutageSide) => string | undefined): Row => [label, ...sides.map(cell)]
  const success = ({ tally }: OutageSide, from: number, to: number): string | undefined => {
    const { ok, calls } = within(tally.outcomes, from, to)
    return percent(ok, calls)
  }
  const width = Math.max(...sides.map(({ name }) => name.length)) + 4
  return [
    ...table(
      ['', ...sides.map(({ name }) => name)],
      [
        row('upstream hits per call in the outage', (side) => hitsPerCall(side, outage)),
        row('upstream hits a second after it', (side) => hitsPerSecond(side, outage)),
        row('success rate before it', (side) => success(side, began, frozen)),
        row('success rate in it', (side) => success(side, frozen, thawed)),
        row('success rate after it', (side) => success(side, thawed, ended)),
        row('95 % success again, after its end', (side) => recovery(side, outage)),
      ],
    ),
    '',
    `  ${faint(`Success of the calls by when they started, a block for ${block} ms:`)}`,
    ...sides.map(
      ({ name, tally }) => `  ${name.padEnd(width)}${painted(timeline(tally.outcomes, began, ended, block))}`,
    ),
    faint(`${' '.repeat(width + 2)}${marks(outage)}`.trimEnd()),
  ]
}

/** The figures in a sentence. */
export function readingOfOutage(sides: readonly OutageSide[], outage: Outage): string {
  if (outage.thawed === Infinity) return 'The outage was not over yet.'
  const hits = sides.map((side) => `${hitsPerCall(side, outage)} (${side.name})`)
  const back = sides.map((side) => `${recovery(side, outage)} (${side.name})`)
  return `For each call in the outage the upstream got ${hits.join(', ')}; 95 % success was back ${back.join(', ')}.`
}

function hitsPerCall({ tally, hits }: OutageSide, { frozen, thawed }: Outage): string | undefined {
  const [before, after] = hits
  if (before === undefined || after === undefined) return undefined
  return ratio(after - before, tally.started.filter((at) => at >= frozen && at < thawed).length)
}

function hitsPerSecond({ hits }: OutageSide, { thawed, ended }: Outage): string | undefined {
  const [, before, after] = hits
  if (before === undefined || after === undefined) return undefined
  return count(Math.round(((after - before) * 1000) / (ended - thawed)))
}

function recovery({ tally }: OutageSide, { thawed, ended }: Outage): string | undefined {
  if (thawed === Infinity) return undefined
  const after = recoveredAfter(tally.outcomes, thawed, ended)
  return after === undefined ? `not in ${Math.floor((ended - thawed) / 1000)} s` : `after ${seconds(after)}`
}

function painted(blocks: string): string {
  return blocks
    .trimEnd()
    .replace(/█+/g, (good) => styleText('green', good))
    .replace(/▁+/g, (bad) => styleText('red', bad))
}

/** Arrows below the blocks. */
function marks({ began, frozen, thawed }: Outage): string {
  if (frozen === Infinity) return ''
  const [from, to] = [frozen, thawed].map((at) => Math.floor((at - began) / block))
  const freezes = `${' '.repeat(from ?? 0)}↑ freezes`
  return thawed === Infinity ? freezes : `${freezes.padEnd(to ?? 0)}↑ thaws`
}
