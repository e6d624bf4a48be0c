import { errorKind, type Fetch, sleep } from '@steadfetch/core'
import type { Tally } from './tally.ts'

/** Calls `start` for each arrival when its time has come, whatever became of those before; resolves when all are over. */
export async function openLoop(
  times: readonly number[],
  stop: AbortSignal,
  start: (call: number) => Promise<void>[],
): Promise<void> {
  const began = performance.now()
  const running: Promise<void>[] = []
  for (const [call, at] of times.entries()) {
    const wait = began + at - performance.now()
    if (wait > 0) await sleep(wait, stop).catch(() => {})
    if (stop.aborted) break
    running.push(...start(call))
  }
  await Promise.all(running)
}

/** Does the jobs in order, so many at a time. */
export async function closedLoop(
  jobs: readonly (() => Promise<void>)[],
  concurrency: number,
  stop: AbortSignal,
): Promise<void> {
  const left = jobs.values()
  const work = async (): Promise<void> => {
    for (const job of left) {
      if (stop.aborted) return
      await job()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}

/** Makes a call, reads its body to the end, and notes how it went; what `stop` has cut short does not count. */
export async function makeCall(fetch: Fetch, url: string, stop: AbortSignal, tally: Tally): Promise<void> {
  const at = performance.now()
  tally.started.push(at)
  const failure = await failureOf(fetch, url, stop)
  if (!stop.aborted) tally.add({ at, duration: performance.now() - at, failure })
}

async function failureOf(fetch: Fetch, url: string, stop: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: stop })
    if (response.body) for await (const _ of response.body);
    return response.ok ? undefined : `HTTP ${response.status}`
  } catch (error) {
    return errorKind(error)
  }
}
