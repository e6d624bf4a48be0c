import { errorKind, type Fetch } from '../../packages/core/src/core.ts'
import { Latencies, type Percentiles } from './latencies.ts'
import { closedLoop, openLoop } from './pacing.ts'

/** The calls to make in one turn. */
export interface Slice {
  readonly calls?: number | undefined
  /** In milliseconds. */
  readonly duration?: number | undefined
  /** Calls started in a second; it needs a number of calls. */
  readonly rate?: number | undefined
}

/** What has come of them. */
export interface SliceResult {
  /** Those that are over. */
  readonly calls: number
  /** Those that were due and never began, because none before them came to an end. */
  readonly missed: number
  /** Those of them that came to a 2xx. */
  readonly ok: number
  /** How many failed, by `HTTP 503` or the `errorKind`. */
  readonly failures: Readonly<Record<string, number>>
  readonly seconds: number
  /** CPU time of the whole process, in microseconds. */
  readonly cpu: number
  /** Of all calls, in milliseconds: to their end, and of those missed to the moment of giving up. */
  readonly latency: Percentiles | undefined
}

/**
 * Makes the calls and reads every body to the end; what `stop` has cut short does not count. Their times go to
 * `latencies` too.
 */
export async function makeSlice(
  fetch: Fetch,
  url: string,
  concurrency: number,
  slice: Slice,
  stop: AbortSignal,
  latencies: Latencies,
): Promise<SliceResult> {
  const own = new Latencies()
  const failures: Record<string, number> = {}
  let calls = 0
  let ok = 0
  let missed = 0
  const note = (due: number, failure: string | undefined): void => {
    if (stop.aborted) return
    own.add(performance.now() - due)
    calls += 1
    if (failure === undefined) ok += 1
    else failures[failure] = (failures[failure] ?? 0) + 1
  }
  const call = async (due: number): Promise<void> => note(due, await failureOf(fetch, url))
  const miss = (due: number): void => {
    own.add(performance.now() - due)
    missed += 1
  }

  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  const { calls: planned, duration, rate } = slice
  const over =
    rate === undefined || planned === undefined
      ? closedLoop({ concurrency, calls: planned, duration }, stop, call)
      : openLoop({ concurrency, calls: planned, duration, rate }, stop, call, miss)
  await Promise.race([over, stopped(stop)])
  const { user, system } = process.cpuUsage(cpuBefore)
  latencies.include(own)
  return {
    calls,
    missed,
    ok,
    failures,
    seconds: (performance.now() - began) / 1000,
    cpu: user + system,
    latency: own.percentiles(),
  }
}

/** Redirects are not followed: they might lead to a machine that nobody has said may be loaded. */
async function failureOf(fetch: Fetch, url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { redirect: 'manual' })
    await response.arrayBuffer()
    return response.ok ? undefined : `HTTP ${response.status}`
  } catch (error) {
    return errorKind(error)
  }
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }))
}
