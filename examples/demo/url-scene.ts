import { errorKind, type Fetch } from '@steadfetch/core'
import { bareFetch, hardenedFetch } from './contenders.ts'
import { count, seconds } from './figures.ts'
import { printOpening, printOutcome } from './page.ts'
import { showProgress } from './progress.ts'
import { readingOf, sideBySide } from './side-by-side.ts'
import { Tally } from './tally.ts'
import { closedLoop, makeCall } from './traffic.ts'
import { UserError } from './user-error.ts'

const limits = { total: 30_000, each: 10_000 }
const patience = 5000

/** What the user asked for. */
export interface UrlTraffic {
  readonly url: URL
  readonly calls: number
  readonly concurrency: number
}

/**
 * The first scene with somebody's own service, by GETs alone.
 *
 * @throws {UserError} when the service cannot be reached at all.
 */
export async function urlScene({ url, calls, concurrency }: UrlTraffic, stop: AbortSignal): Promise<void> {
  await probe(url, stop)
  const bare = { ...bareFetch(limits), tally: new Tally() }
  const hardened = { ...hardenedFetch(limits), tally: new Tally() }
  const sides = [bare, hardened]
  printOpening(
    `Bare fetch and steadfetch against ${shown(url)}`,
    [
      `${count(calls)} GETs through each side, in turn, ${count(concurrency)} at a time for both together.`,
      'Bare fetch gets the time limit of an attempt, to be fair.',
    ],
    sides,
  )
  const endProgress = showProgress(sides, calls, () => '')
  const jobs = Array.from({ length: calls }, (_, call) => {
    const pair = sides.map(
      ({ fetch, tally }) =>
        () =>
          makeCall(fetch, url.href, stop, tally),
    )
    return call % 2 === 0 ? pair : pair.toReversed()
  })
  await closedLoop(jobs.flat(), concurrency, stop)
  endProgress()
  printOutcome(sideBySide(bare, hardened), readingOf(bare, hardened), stop.aborted)
}

/** One GET tells whether there is anything to talk to. A lost connection is no reason to give up: it is the subject. */
async function probe(url: URL, stop: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patience)])
  try {
    const response = await (globalThis.fetch as Fetch)(url, { signal })
    await response.body?.cancel()
  } catch (error) {
    if (stop.aborted) return
    const kind = errorKind(error)
    if (kind === 'reset') return
    throw new UserError(`cannot call ${shown(url)}: ${reasons.get(kind) ?? kind}${detail(error)}`)
  }
}

const reasons = new Map([
  ['dns', 'there is no host of that name'],
  ['refused', 'it accepts no connections'],
  ['timeout', `no answer within ${seconds(patience)}`],
  ['tls', 'its certificate is not trusted, or it does not speak TLS'],
  ['protocol', 'its answer is not HTTP'],
  ['invalid-request', 'fetch does not take this URL'],
])

/** The platform's own word for it. */
function detail(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined
  if (cause === undefined) return ''
  return ` (${'code' in cause ? cause.code : cause.message})`
}

/** Without the query, which may hold secrets. */
function shown(url: URL): string {
  return url.origin + url.pathname
}
