import { styleText } from 'node:util'
import type { Flags } from './command-line.ts'
import type { Contestant } from './contestants.ts'
import { count } from './figures.ts'
import type { Plan } from './plan.ts'
import type { Report } from './report.ts'
import type { Slice } from './slice.ts'
import { embeddedName } from './target.ts'

/** What is going to be measured, with what, and on what. */
export function opening(
  { date, machine, node, fetch, target }: Omit<Report, 'rows' | 'stopped'>,
  rows: readonly Contestant[],
  { rounds }: Plan,
  { modes, layers }: Flags,
): string[] {
  const embedded = target === embeddedName
  const [first] = rounds
  return [
    styleText('bold', `${date.slice(0, 10)}, Node ${node}, ${machine}`),
    '',
    `  GETs to ${embedded ? `${target} on loopback: 1 KB of JSON` : target}, read to the end`,
    `  fetch: ${fetch}`,
    `  layers above the pool: ${layers.length === 0 ? 'none' : layers.join(', ')}`,
    `  ${rows.length} rows, each in a process of its own, in ${rounds.length} rounds${first ? ` of ${inWords(first)}` : ''}`,
    ...(embedded && modes.includes('http2') && modes.length > 1
      ? ['  http2 with https alone: it is agreed upon within TLS']
      : []),
  ]
}

/** What was asked for, by flag; what goes without saying is left out. */
export function flagsInWords(flags: Flags): Record<string, string> {
  const { concurrency, connections, modes, layers, duration, requests, rate } = flags
  return {
    concurrency: concurrency.join(','),
    ...(connections.includes(null) ? {} : { connections: connections.join(',') }),
    modes: modes.join(','),
    ...(layers.length === 0 ? {} : { layers: layers.join(',') }),
    ...(requests === undefined ? { duration: `${duration}ms` } : { requests: String(requests) }),
    ...(rate === undefined ? {} : { rate: String(rate) }),
  }
}

function inWords({ calls, duration, rate }: Slice): string {
  const size = duration === undefined ? `about ${count(calls ?? 0)} calls` : `${Math.round(duration)} ms`
  return rate === undefined ? size : `${size}, ${count(rate)} calls started a second`
}
