import type { Contestant } from './contestants.ts'
import type { Report, Round, Row } from './report.ts'

/** Reports for tests: as a run makes them, from as little as a test has to say. */
export function reportOf(rows: readonly Row[], facts: Partial<Report> = {}): Report {
  return {
    command: 'steadfetch bench',
    version: 1,
    date: '2026-11-22T10:00:00.000Z',
    machine: '2 × some processor, linux x64',
    node: 'v24.21.0',
    fetch: 'that of Node 24.21.0',
    target: 'the embedded server',
    flags: { concurrency: '10', modes: 'unpooled,pooled', duration: '5000ms' },
    stopped: false,
    rows,
    ...facts,
  }
}

/** One round of a second for each number of calls. */
export function rowOf(contestant: Partial<Contestant>, calls: readonly number[], sockets: number | null = 10): Row {
  const requests = calls.reduce((sum, each) => sum + each, 0)
  return {
    protocol: 'http',
    mode: 'unpooled',
    connections: null,
    concurrency: 10,
    ...contestant,
    rounds: calls.map((each, round) => roundOf(round, each)),
    latency: { p50: 1, p90: 2, p99: 30, p999: 400 },
    memory: 100 * 2 ** 20,
    open: 10,
    server: sockets === null ? null : { requests, sockets },
  }
}

export function roundOf(round: number, calls: number, facts: Partial<Round> = {}): Round {
  const latency = { p50: 1000 / calls, p90: 2, p99: 30, p999: 400 }
  return { round, calls, missed: 0, ok: calls, failures: {}, seconds: 1, cpu: 100_000, latency, ...facts }
}
