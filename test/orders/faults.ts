import type { TimeoutOptions } from '@steadfetch/timeout'
import { isOutside, type Order } from './order.ts'

/** Something that goes wrong at a server. */
export interface Fault {
  readonly path: string
  /** Which limit of `timeout` ends it, where nothing else does. */
  readonly limits?: TimeoutOptions
  /** Whether it is over before there is a body that is the caller's, and may pass: a retry meets it again and again. */
  readonly repeated: boolean | ((order: Order) => boolean)
}

const headers = { headers: 150 }
const idle = { idle: 150 }
const after = { after: 250 }

/** Every way in which the fault server misbehaves. */
export const faults: readonly Fault[] = [
  { path: '/slow?headers=20&next=/bytes', repeated: false },
  { path: '/trickle?chunks=5&every=5', repeated: false },
  { path: '/reset?at=headers', repeated: true },
  { path: '/reset?at=body', repeated: false },
  { path: '/close?at=headers', repeated: true },
  { path: '/close?at=body', repeated: false },
  { path: '/truncate?as=length', repeated: false },
  { path: '/truncate?as=chunked', repeated: false },
  { path: '/malformed?as=response', repeated: false },
  { path: '/malformed?as=headers-overflow', repeated: false },
  { path: '/malformed?as=chunk-size', repeated: false },
  { path: '/bad-gzip', repeated: false },
  { path: '/status/503', repeated: true },
  { path: '/status/503?body=200000', repeated: true },
  { path: '/status/429?retry-after=9999', repeated: false },
  { path: '/status/404', repeated: false },
  { path: '/status/204', repeated: false },
  { path: '/silent', limits: headers, repeated: (order) => isOutside(order, 'retry', 'timeout') },
  { path: '/stall', limits: idle, repeated: false },
  { path: '/stall?after=0', limits: idle, repeated: false },
  { path: '/stalling', limits: idle, repeated: true },
  { path: '/endless', limits: after, repeated: true },
  // On a slow machine the limit for the whole may run out before the headers have come.
  { path: '/endless?status=200', limits: after, repeated: (order) => isOutside(order, 'retry', 'timeout') },
]
