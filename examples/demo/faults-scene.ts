import { sleep } from '@steadfetch/core'
import { arrivals } from './arrivals.ts'
import { bareFetch, type Contender, hardenedFetch } from './contenders.ts'
import { count, seconds } from './figures.ts'
import { printOpening, printOutcome } from './page.ts'
import { showProgress } from './progress.ts'
import { readingOf, type Side, sideBySide } from './side-by-side.ts'
import { Tally } from './tally.ts'
import { makeCall, openLoop } from './traffic.ts'
import { startUpstream, type Upstream } from './upstream-process.ts'
import { faultShare } from './weather.ts'

const limits = { total: 5000, each: 1000 }
const perSecond = 120
/** How long the agents get to give back idle connections: longer than the upstream lets them keep these. */
const patience = 5000

/** The first scene: the same traffic through both, while a share of all attempts fails. */
export async function faultsScene({ calls, seed }: { calls: number; seed: number }, stop: AbortSignal): Promise<void> {
  const contenders = [bareFetch(limits), hardenedFetch(limits)] as const
  printOpening(
    `Scene 1 · Faults: ${Math.round(faultShare * 100)} % of all attempts fail before the headers`,
    [
      'An upstream answers 503 or 429 (Retry-After: 1), resets the connection, or never answers.',
      `${count(calls)} calls, ${perSecond} a second, go through both sides at once: each has an upstream process of its`,
      `own, with the same weather (seed ${seed}). Bare fetch gets the time limit of an attempt, to be fair.`,
    ],
    contenders,
  )
  const [bare, hardened] = await Promise.all([sideOf(contenders[0], seed), sideOf(contenders[1], seed)])
  const sides = [bare, hardened]
  try {
    const endProgress = showProgress(sides, calls, () => '')
    await openLoop(arrivals(seed, calls, perSecond), stop, (call) =>
      inTurn(sides, call).map(({ fetch, upstream, tally }) =>
        makeCall(fetch, `${upstream.origin}/orders/${call}`, stop, tally),
      ),
    )
    endProgress()
    const idle = await untilIdle(sides, stop)
    const sockets = await Promise.all(sides.map(async ({ upstream }) => count((await upstream.counts()).openSockets)))
    const seen = await Promise.all([withHits(bare), withHits(hardened)])
    printOutcome(
      sideBySide(...seen, [[`open sockets, ${seconds(idle)} idle`, ...sockets]]),
      readingOf(...seen),
      stop.aborted,
    )
  } finally {
    await Promise.all(sides.map(({ upstream }) => upstream[Symbol.asyncDispose]()))
  }
}

type UpstreamSide = Contender & Side & { readonly upstream: Upstream }

async function sideOf(contender: Contender, seed: number): Promise<UpstreamSide> {
  return { ...contender, tally: new Tally(), upstream: await startUpstream({ service: 'faulty', seed }) }
}

async function withHits(side: UpstreamSide): Promise<Side> {
  const { hits } = await side.upstream.counts()
  return { ...side, hits }
}

/** Nobody is always first. */
function inTurn<Item>(items: readonly Item[], turn: number): readonly Item[] {
  return turn % 2 === 0 ? items : items.toReversed()
}

/** Waits until no upstream has a socket open any more, but not for ever; returns how long that was. */
async function untilIdle(sides: readonly UpstreamSide[], stop: AbortSignal): Promise<number> {
  const began = performance.now()
  for (;;) {
    const waited = performance.now() - began
    if (stop.aborted || waited > patience) return waited
    const counts = await Promise.all(sides.map(({ upstream }) => upstream.counts()))
    if (counts.every(({ openSockets }) => openSockets === 0)) return waited
    await sleep(100, stop).catch(() => {})
  }
}
