import type { Order } from './order.ts'
import type { Stack } from './stack.ts'

/** A place in a call at which its caller may give it up. */
export interface Moment {
  readonly name: string
  /** What the server is asked for, which would go on for long. */
  readonly path: string
  /** The orders that have such a moment. @default all */
  readonly in?: (order: Order) => boolean
  /** Whether another call holds the only slot. */
  readonly behindAnother?: boolean
  /** Whether the moment has come; one that needs no waiting has none. */
  readonly reached?: (stack: Stack, hits: number, responded: boolean) => boolean
  /** How often the server may be asked. */
  readonly hits: number
}

export const moments: readonly Moment[] = [
  { name: 'at once', path: '/silent', hits: 1 },
  { name: 'while it waits for the headers', path: '/silent', reached: (_, hits) => hits === 1, hits: 1 },
  {
    name: 'while it waits to make the next attempt',
    path: '/status/503?retry-after=30',
    in: (order) => order.includes('retry'),
    reached: (stack, hits) => hits === 1 && stack.sent.calls === 1 && stack.sent.open === 0,
    hits: 1,
  },
  {
    name: 'while it waits for a slot',
    path: '/silent',
    in: (order) => order.includes('concurrency'),
    behindAnother: true,
    reached: (stack) => stack.limiter.stats().queued === 1,
    hits: 0,
  },
  { name: 'while its body is read', path: '/stall', reached: (_, hits, responded) => responded && hits === 1, hits: 1 },
]

/** What callers abort with: any value is a reason. */
export const reasons: readonly unknown[] = [
  new Error('mine'),
  new DOMException('mine', 'TimeoutError'),
  'mine',
  { mine: 1 },
  7,
  null,
  false,
]

/** Long ways to an end that is never reached: late headers, a failure that passes, a body, a clone of it. */
export const longWays = [
  '/slow?headers=15&next=/stall',
  '/slow?headers=5&next=/trickle?chunks=9999',
  '/flaky?as=503&next=/stall',
  '/flaky?as=reset&next=/silent',
  '/flaky?as=/endless&next=/trickle?chunks=9999',
]

/** Wherever the call may be by then. */
export function momentAfter(path: string, milliseconds: number): Moment {
  const begun = performance.now()
  const reached = (): boolean => performance.now() - begun >= milliseconds
  return { name: `${milliseconds} ms into ${path}`, path, reached, hits: 2 }
}
