import { sleep } from '@steadfetch/core'
import { arrivals } from './arrivals.ts'
import { bareFetch, type Contender, hardenedFetch, hardenedWithoutBreaker, retryLoop } from './contenders.ts'
import { count, seconds } from './figures.ts'
import { type Outage, outageFigures, readingOfOutage } from './outage-figures.ts'
import { printOpening, printOutcome } from './page.ts'
import { showProgress } from './progress.ts'
import { Tally } from './tally.ts'
import { makeCall, openLoop } from './traffic.ts'
import { startUpstream, type Upstream } from './upstream-process.ts'

const limits = { total: 5000, each: 500 }
const perSecond = 50
const workers = 10
const workTime = 100
const calm = 2000
const frozen = 4000
const after = 10_000

/** The second scene: an upstream with a limit to what it can do freezes for some seconds, and the traffic goes on. */
export async function outageScene(seed: number, stop: AbortSignal): Promise<void> {
  const contenders = [bareFetch(limits), retryLoop(limits), hardenedWithoutBreaker(limits), hardenedFetch(limits)]
  const times = arrivals(seed, (perSecond * (calm + frozen + after)) / 1000, perSecond)
  printOpening(
    `Scene 2 · Outage: the upstream freezes for ${seconds(frozen)}`,
    [
      `${count(times.length)} calls, ${perSecond} a second, go through all sides at once. Each has an upstream of its own, with`,
      `room for ${(workers * 1000) / workTime} requests a second (${workers} workers, ${workTime} ms each) and a queue. When it thaws it works`,
      'off the queue, also for clients that have given up: so retries can keep it down for long.',
    ],
    contenders,
  )
  const sides = await Promise.all(contenders.map(sideOf))
  try {
    const seen: Outage = { began: performance.now(), frozen: Infinity, thawed: Infinity, ended: 0 }
    const endProgress = showProgress(sides, times.length, () => phaseOf(seen))
    await Promise.all([
      outageOf(sides, seen, stop),
      openLoop(times, stop, (call) =>
        sides.map(({ fetch, upstream, tally }) => makeCall(fetch, `${upstream.origin}/${call}`, stop, tally)),
      ),
    ])
    endProgress()
    printOutcome(outageFigures(sides, seen), readingOfOutage(sides, seen), stop.aborted)
  } finally {
    await Promise.all(sides.map(({ upstream }) => upstream[Symbol.asyncDispose]()))
  }
}

type UpstreamSide = Contender & { readonly tally: Tally; readonly upstream: Upstream; readonly hits: number[] }

async function sideOf(contender: Contender): Promise<UpstreamSide> {
  const upstream = await startUpstream({ service: 'limited', workers, workTime })
  return { ...contender, tally: new Tally(), upstream, hits: [] }
}

/** Freezes all upstreams when it is time, thaws them again, and notes when that was and what they had seen. */
async function outageOf(sides: readonly UpstreamSide[], seen: Outage, stop: AbortSignal): Promise<void> {
  try {
    await sleep(calm, stop)
    await note(sides, ({ upstream }) => upstream.freeze(true))
    seen.frozen = performance.now()
    await sleep(frozen, stop)
    await note(sides, ({ upstream }) => upstream.freeze(false))
    seen.thawed = performance.now()
    await sleep(after, stop)
  } catch (error) {
    if (!stop.aborted) throw error
  }
  await note(sides, ({ upstream }) => upstream.counts())
  seen.ended = performance.now()
}

async function note(
  sides: readonly UpstreamSide[],
  ask: (side: UpstreamSide) => Promise<{ readonly hits: number }>,
): Promise<void> {
  await Promise.all(
    sides.map(async (side) => {
      const { hits } = await ask(side)
      side.hits.push(hits)
    }),
  )
}

function phaseOf(seen: Outage): string {
  if (seen.frozen === Infinity) return 'calm'
  return seen.thawed === Infinity ? 'OUTAGE' : 'after'
}
