import { UserError } from './user-error.ts'

/** How a row gets its connections. */
export type Mode = (typeof modes)[number]

/** The first of them that takes part is what the others are compared with. */
export const modes = ['unpooled', 'pooled', 'http2'] as const

export type Protocol = 'http' | 'https'

/** One row: a way to make calls, and how many at a time. */
export interface Contestant {
  readonly protocol: Protocol
  readonly mode: Mode
  /** The most connections that there may be; null for as many as it takes. */
  readonly connections: number | null
  readonly concurrency: number
}

/** What rows are made of. */
export interface Field {
  readonly protocols: readonly Protocol[]
  readonly modes: readonly Mode[]
  readonly connections: readonly (number | null)[]
  readonly concurrency: readonly number[]
}

/** Each has a process of its own. */
const most = 64

/**
 * Every combination that means something, those to be compared with each other in a row. A limit of connections is
 * nothing to unpooled, and HTTP/2 is nothing to plain http.
 *
 * @throws {UserError} when there are too many.
 */
export function contestants(field: Field): Contestant[] {
  const all = field.protocols.flatMap((protocol) =>
    field.concurrency.flatMap((concurrency) =>
      modes
        .filter((mode) => field.modes.includes(mode) && !(mode === 'http2' && protocol === 'http'))
        .flatMap((mode) =>
          (mode === 'unpooled' ? [null] : field.connections).map((connections) => ({
            protocol,
            mode,
            connections,
            concurrency,
          })),
        ),
    ),
  )
  if (all.length <= most) return all
  throw new UserError(`these flags make ${all.length} rows, each with a process of its own: at most ${most}`)
}

/** What the members of a group have in common; the first of a group is its baseline. As `https, 10 at a time`. */
export function groupOf({ protocol, concurrency }: Contestant): string {
  return `${protocol}, ${concurrency} at a time`
}

/** What tells it from the others of its group. As `pooled, 16 conns`. */
export function nameOf({ mode, connections }: Contestant): string {
  return connections === null ? mode : `${mode}, ${connections} conn${connections === 1 ? '' : 's'}`
}
