import { type FetchName, fetchFor } from './base-fetch.ts'
import { type Child, startChild } from './child.ts'
import type { ClientOptions, ClientQuestion, Turn } from './client.ts'
import type { Flags } from './command-line.ts'
import { type Contestant, groupOf, nameOf, type Protocol } from './contestants.ts'
import { orderIn, type Plan } from './plan.ts'
import { Progress } from './progress.ts'
import type { Round, Row } from './report.ts'
import type { Slice } from './slice.ts'
import { assertSomeOk } from './some-ok.ts'
import { openTarget, type Target } from './target.ts'

/** A contestant, and the process that makes its calls. */
interface Client {
  readonly contestant: Contestant
  readonly place: number
  readonly child: Child<ClientQuestion, Turn>
  readonly rounds: Round[]
  last: Turn | undefined
}

/** What a slice counts as in the progress whose time is not known beforehand, in milliseconds. */
const unknownTime = 100

/**
 * Measures the rows against each other, in rounds that all take part in, one at a time. When `stop` is aborted it ends
 * at once, with what there is.
 *
 * @throws {AllFailedError} when no call of the warm-up has come to a 2xx.
 */
export async function run(
  { url, layers, modes }: Flags,
  rows: readonly Contestant[],
  plan: Plan,
  stop: AbortSignal,
): Promise<Row[]> {
  const protocols: Protocol[] = [...new Set(rows.map(({ protocol }) => protocol))]
  const target = await openTarget(url, protocols)
  const clients: Client[] = []
  const progress = new Progress(
    rows.length * [plan.warmUp, ...plan.rounds].reduce((sum, slice) => sum + weight(slice), 0),
  )
  try {
    const fetch: FetchName = fetchFor(modes)
    const started = rows.map(async (contestant, place): Promise<Client> => {
      const options: ClientOptions = { ...contestant, fetch, layers, ca: target.ca, keepAlive: target.keepAlive }
      const child = await startChild<ClientOptions, object, ClientQuestion, Turn>('client.ts', options)
      return { contestant, place, child, rounds: [], last: undefined }
    })
    clients.push(...(await Promise.all(started)))
    await warmUp(clients, target, plan.warmUp, progress, stop)
    await measure(clients, target, plan.rounds, progress, stop)
    const counts = await target.counts()
    return clients.map(({ contestant, place, rounds, last }) => ({
      ...contestant,
      rounds,
      latency: last?.total ?? null,
      memory: last?.memory ?? 0,
      open: last?.open ?? 0,
      server: counts?.(place) ?? null,
    }))
  } finally {
    progress.end()
    await Promise.all([target, ...clients.map(({ child }) => child)].map((each) => each[Symbol.asyncDispose]()))
  }
}

async function warmUp(
  clients: readonly Client[],
  target: Target,
  slice: Slice,
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  const turns: Turn[] = []
  for (const { contestant, child } of clients) {
    if (stop.aborted) return
    progress.next(`warm-up   ${label(contestant)}`, weight(slice))
    turns.push(await ask(child, { ...slice, url: target.warmUpUrlFor(contestant), measured: false }, stop))
  }
  assertSomeOk(target.name, turns)
}

async function measure(
  clients: readonly Client[],
  target: Target,
  slices: readonly Slice[],
  progress: Progress,
  stop: AbortSignal,
): Promise<void> {
  for (const [round, slice] of slices.entries()) {
    for (const client of orderIn(round, clients)) {
      if (stop.aborted) return
      const { contestant, place, child, rounds } = client
      progress.next(`round ${round + 1} of ${slices.length}   ${label(contestant)}`, weight(slice))
      const turn = await ask(child, { ...slice, url: target.urlFor(contestant, place), measured: true }, stop)
      client.last = turn
      if (turn.calls === 0) continue
      const { calls, missed, ok, failures, seconds, cpu, latency } = turn
      rounds.push({ round, calls, missed, ok, failures, seconds, cpu, latency })
    }
  }
}

/** Asks for calls, and for an end to them when `stop` is aborted. */
async function ask(child: Client['child'], question: ClientQuestion, stop: AbortSignal): Promise<Turn> {
  const end = (): void => child.tell({ stop: true })
  stop.addEventListener('abort', end)
  try {
    return await child.ask(question)
  } finally {
    stop.removeEventListener('abort', end)
  }
}

function weight({ duration, calls, rate }: Slice): number {
  return duration ?? (calls && rate ? (calls * 1000) / rate : unknownTime)
}

function label(contestant: Contestant): string {
  return `${groupOf(contestant)}, ${nameOf(contestant)}`
}
