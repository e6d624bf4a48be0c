import manifest from 'undici/package.json' with { type: 'json' }
import type { Fetch } from '../../packages/core/src/core.ts'
import type { Mode } from './contestants.ts'

/** Which fetch stands below the pools: the same one for all rows, so that it is the connections that differ. */
export type FetchName = 'built-in' | 'npm'

/** Those before speak no HTTP/2 with a dispatcher of one's own. */
const firstWithHttp2 = 8

export function fetchFor(modes: readonly Mode[]): FetchName {
  const major = Number.parseInt(process.versions.undici ?? '0', 10)
  return modes.includes('http2') && major < firstWithHttp2 ? 'npm' : 'built-in'
}

export function describeFetch(name: FetchName): string {
  return name === 'built-in' ? `that of Node ${process.versions.node}` : `that of npm's undici ${manifest.version}`
}

export async function loadFetch(name: FetchName): Promise<Fetch> {
  if (name === 'built-in') return (input, init) => globalThis.fetch(input, init)
  // By file: the whole of undici, when it is imported, makes its own dispatcher that of the process.
  const { default: undici } = await import('undici/lib/web/fetch/index.js')
  return undici.fetch
}
