import type { Contestant } from './contestants.ts'
import type { Percentiles } from './latencies.ts'
import type { SliceResult } from './slice.ts'

/** All that a run has found: what `--json` writes, and `--compare` reads. */
export interface Report {
  readonly command: 'steadfetch bench'
  readonly version: 1
  /** When it began, in ISO 8601. */
  readonly date: string
  readonly machine: string
  readonly node: string
  /** Which fetch stands below the pools. */
  readonly fetch: string
  /** `the embedded server`, or a URL without its query, which may hold secrets. */
  readonly target: string
  /** What was asked for, in words. */
  readonly flags: Readonly<Record<string, string>>
  /** By Ctrl-C. */
  readonly stopped: boolean
  readonly rows: readonly Row[]
}

export interface Row extends Contestant {
  readonly rounds: readonly Round[]
  /** Of all rounds. */
  readonly latency: Percentiles | null
  /** The most memory that the row's process was seen to take, in bytes. */
  readonly memory: number
  /** The most connections that the row was seen to have open. */
  readonly open: number
  /** What the server counted of the row's measured calls; null for a server that is not ours. */
  readonly server: { readonly requests: number; readonly sockets: number } | null
}

export interface Round extends SliceResult {
  readonly round: number
}
