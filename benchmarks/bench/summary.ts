import { spread } from '../statistics.ts'
import { groupOf, nameOf } from './contestants.ts'
import { count, none, plusMinus, quartiles, threeDigits, wrapped } from './figures.ts'
import { groupsTable } from './groups-table.ts'
import type { Report, Round, Row } from './report.ts'
import {
  baselineOf,
  cpuPerCall,
  failuresOf,
  fullNameOf,
  okPerSecond,
  p50,
  ratioInRounds,
  sumOf,
} from './row-figures.ts'

/** What the rows of a group are compared by. */
interface Measure {
  readonly figure: (round: Round) => number
  readonly column: string
  /** What a row does so many times. */
  readonly verb: string
  readonly object: string
}

const throughput: Measure = { figure: okPerSecond, column: '×', verb: 'makes', object: 'as many calls a second as' }
const latency: Measure = { figure: p50, column: 'p50 ×', verb: 'takes', object: 'as long for a call (p50) as' }

/** The figures of all rows, and what they say. */
export function summary({ rows, flags }: Report): string[] {
  const measured = rows.filter(({ rounds }) => rounds.length > 0)
  if (measured.length === 0) return ['  Nothing was measured.']
  // At a rate that is given all make the same number of calls.
  const measure = flags.rate === undefined ? throughput : latency
  return [
    ...groupsTable(
      headOf(measured, measure),
      measured.map((row) => lineOf(row, measured, measure)),
    ),
    '',
    ...measured.flatMap(failures),
    ...reading(measured, measure),
    ...sockets(measured),
  ]
}

function headOf(rows: readonly Row[], { column }: Measure): string[] {
  const [baseline, ...others] = new Set(rows.map((row) => nameOf(baselineOf(row, rows))))
  const times = `${column} ${others.length === 0 ? baseline : 'the first'}`
  const sockets = rows.some(({ server }) => server) ? 'sockets' : 'open at most'
  return ['req/s', times, 'CPU µs', 'p50 ms', 'p90', 'p99', 'p99.9', 'peak MB', 'calls', sockets]
}

function lineOf(row: Row, rows: readonly Row[], { figure }: Measure) {
  const baseline = baselineOf(row, rows)
  const times = [row.latency?.p50, row.latency?.p90, row.latency?.p99, row.latency?.p999]
  return {
    group: groupOf(row),
    name: nameOf(row),
    cells: [
      plusMinus(spread(row.rounds.map(okPerSecond))),
      row === baseline ? '1' : quartiles(ratioInRounds(row, baseline, figure)),
      plusMinus(spread(row.rounds.map(cpuPerCall))),
      ...times.map((time) => (time === undefined ? none : threeDigits(time))),
      count(row.memory / 2 ** 20),
      count(sumOf(row, 'calls')),
      count(row.server?.sockets ?? row.open),
    ],
  }
}

function failures(row: Row): string[] {
  const [calls, missed, ok] = [sumOf(row, 'calls'), sumOf(row, 'missed'), sumOf(row, 'ok')]
  const kinds = [...failuresOf(row)].map(([kind, times]) => `${kind} (${count(times)})`).join(', ')
  return [
    ...(ok < calls
      ? wrapped(`${fullNameOf(row)}: ${count(calls - ok)} of ${count(calls)} calls failed: ${kinds}`)
      : []),
    ...(missed > 0 ? wrapped(`${fullNameOf(row)}: ${count(missed)} further calls were due, and never begun`) : []),
  ]
}

/** What is there to be seen, in words. */
function reading(rows: readonly Row[], { figure, verb, object }: Measure): string[] {
  const sentences = new Map<string, string[]>()
  for (const row of rows) {
    const baseline = baselineOf(row, rows)
    const { median } = ratioInRounds(row, baseline, figure)
    if (row === baseline || Number.isNaN(median)) continue
    const sentence = `${row.protocol}: ${nameOf(row)} ${verb} … times ${object} ${nameOf(baseline)}`
    sentences.set(sentence, [...(sentences.get(sentence) ?? []), `${threeDigits(median)} (at ${row.concurrency})`])
  }
  return [...sentences].flatMap(([sentence, ratios]) => wrapped(`→ ${sentence.replace('…', ratios.join(', '))}`))
}

function sockets(rows: readonly Row[]): string[] {
  const counts = new Map<string, { requests: number; sockets: number }>()
  for (const { mode, server } of rows) {
    const { requests, sockets } = counts.get(mode) ?? { requests: 0, sockets: 0 }
    if (server) counts.set(mode, { requests: requests + server.requests, sockets: sockets + server.sockets })
  }
  if (counts.size === 0) return []
  const parts = [...counts].map(
    ([mode, { requests, sockets }]) => `${count(sockets)} for ${count(requests)} ${mode} requests`,
  )
  return wrapped(`→ sockets that the server counted: ${parts.join(', ')}`)
}
