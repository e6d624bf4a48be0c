import { startChild } from './child.ts'
import type { Contestant, Protocol } from './contestants.ts'
import { keepAlive } from './keep-alive.ts'
import type { ServerOpening, ServerOptions } from './server.ts'
import type { PathCounts } from './socket-count.ts'

/** What gets the calls. */
export interface Target extends AsyncDisposable {
  readonly name: string
  /** What to trust, in PEM, where it is not what the runtime trusts. */
  readonly ca: string | undefined
  /** How long its connections are kept, where that is known; in milliseconds. */
  readonly keepAlive: number | undefined
  /** Where the measured calls of the row at that place go. */
  urlFor(contestant: Contestant, place: number): string
  /** Where the others go. */
  warmUpUrlFor(contestant: Contestant): string
  /** What was counted of the measured calls, by the place of the row; undefined for somebody else's server. */
  counts(): Promise<((place: number) => PathCounts) | undefined>
}

export const embeddedName = 'the embedded server'

/** As reports show it: without a URL's query, which may hold secrets. */
export function targetName(url: URL | undefined): string {
  return url === undefined ? embeddedName : url.origin + url.pathname
}

export async function openTarget(url: URL | undefined, protocols: readonly Protocol[]): Promise<Target> {
  if (url === undefined) return embeddedServer(protocols)
  return {
    name: targetName(url),
    ca: undefined,
    keepAlive: undefined,
    urlFor: () => url.href,
    warmUpUrlFor: () => url.href,
    counts: async () => undefined,
    [Symbol.asyncDispose]: async () => {},
  }
}

async function embeddedServer(protocols: readonly Protocol[]): Promise<Target> {
  const server = await startChild<ServerOptions, ServerOpening, object, Record<string, PathCounts>>('server.ts', {
    protocols,
  })
  const { origins, ca } = server.opening
  return {
    name: embeddedName,
    ca,
    keepAlive,
    urlFor: ({ protocol }, place) => `${origins[protocol]}/${place}`,
    warmUpUrlFor: ({ protocol }) => `${origins[protocol]}/warm-up`,
    counts: async () => {
      const byPath = await server.ask({})
      return (place) => byPath[`/${place}`] ?? { requests: 0, sockets: 0 }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
