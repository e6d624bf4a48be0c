import { BadQueryError, type Exchange, type Routes } from '../exchange.ts'

/** What a server does that recovers. */
export const recovery: Routes = { flaky }

const ownParameters = ['key', 'fail', 'as', 'next']

/**
 * Fails the first `fail` requests of a `key` in the way of `as`, and answers the others as the route `next`, or with
 * `{ key, attempt }`. `as` is a status (`429`), a route (`reset`), or a route with parameters (`/endless?status=500`);
 * other parameters (`retry-after=1`, `at=body`) go to the failing route.
 */
async function flaky(exchange: Exchange): Promise<void> {
  const { key } = exchange
  if (key === undefined) throw new BadQueryError('flaky needs a key')
  const attempt = exchange.traffic.hits(key)
  if (attempt <= exchange.number('fail', 1)) return exchange.handOver(failureOf(exchange))
  const next = exchange.text('next', '')
  if (next === '') exchange.json({ key, attempt })
  else await exchange.handOver(next)
}

function failureOf(exchange: Exchange): string {
  const as = exchange.text('as', '503')
  const failure = new URL(/^\d+$/.test(as) ? `/status/${as}` : as, exchange.url)
  for (const [name, value] of exchange.url.searchParams) {
    if (!ownParameters.includes(name)) failure.searchParams.append(name, value)
  }
  return failure.pathname + failure.search
}
