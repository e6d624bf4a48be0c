import { parseArgs } from 'node:util'
import { type Mode, modes } from './contestants.ts'
import { distinct, duration, httpUrl, whole, wholes, words } from './flag-values.ts'
import { type LayerName, layerNames } from './layers.ts'
import { UserError } from './user-error.ts'

/** What the user asked for. Durations are in milliseconds. */
export interface Flags {
  /** What to load; undefined for the embedded server. */
  readonly url: URL | undefined
  readonly concurrency: readonly number[]
  /** Null: as many as it takes. */
  readonly connections: readonly (number | null)[]
  readonly modes: readonly Mode[]
  /** The outermost first. */
  readonly layers: readonly LayerName[]
  /** How long each row is measured, where no number of requests is given. */
  readonly duration: number
  readonly requests: number | undefined
  /** Calls started in a second. */
  readonly rate: number | undefined
  readonly json: string | undefined
  readonly compare: string | undefined
  /** The machine to be loaded may be another one. */
  readonly yes: boolean
}

export const help = `Usage: bench [url] [flags]
       bench overhead

Compares connections: a new one for each call, a pool of them, HTTP/2. Without a URL against an embedded
server, http and https, on loopback and in a process of its own; with one against your service, by GETs.

  --concurrency 1,8,64   calls at a time (1,10,100; 10 with a URL)
  --connections 1,16     the most connections that pooled and http2 may open (no limit)
  --modes a,b            of unpooled, pooled, http2 (unpooled,pooled)
  --layers a,b           above the pool, the outermost first, of timeout, retry, circuitBreaker,
                         concurrency, hooks, log (none)
  --duration 5s          how long each row is measured (5s; 3s with a URL)
  --requests n           measures this many calls per row instead
  --rate r               starts r calls a second, however slow the answers; latency counts from when a
                         call was due
  --json out.json        writes every round to a file
  --compare old.json     shows this run relative to that one
  --yes                  the host is not this machine, and I may load it
  --help                 this text

bench overhead: what each layer costs, in CPU time. Ctrl-C ends at once and prints what there is.`

const options = {
  concurrency: { type: 'string' },
  connections: { type: 'string' },
  modes: { type: 'string' },
  layers: { type: 'string' },
  duration: { type: 'string' },
  requests: { type: 'string' },
  rate: { type: 'string' },
  json: { type: 'string' },
  compare: { type: 'string' },
  yes: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** Undefined: the user wants help. @throws {UserError} that says what is wrong with the arguments. */
export function parseCommand(args: string[]): Flags | undefined {
  const { values, positionals } = parsed(args)
  if (values.help) return undefined
  const [text, ...more] = positionals
  if (more.length > 0) throw new UserError(`one URL at most, got ${positionals.length} arguments`)
  if (values.duration !== undefined && values.requests !== undefined) {
    throw new UserError('--duration or --requests, not both')
  }
  const url = text === undefined ? undefined : httpUrl(text)
  const flags: Flags = {
    url,
    concurrency: wholes('--concurrency', values.concurrency ?? (url ? '10' : '1,10,100'), 1, 1000),
    connections: values.connections === undefined ? [null] : wholes('--connections', values.connections, 1, 1000),
    modes: distinct('--modes', words('--modes', values.modes ?? 'unpooled,pooled', modes)),
    layers: values.layers === undefined ? [] : words('--layers', values.layers, layerNames),
    duration: duration('--duration', values.duration ?? (url ? '3s' : '5s')),
    requests: values.requests === undefined ? undefined : whole('--requests', values.requests, 1, 10_000_000),
    rate: values.rate === undefined ? undefined : whole('--rate', values.rate, 1, 100_000),
    json: values.json,
    compare: values.compare,
    yes: values.yes ?? false,
  }
  assertConsistent(flags, values.connections !== undefined)
  return flags
}

function assertConsistent({ url, modes }: Flags, limited: boolean): void {
  if (limited && modes.every((mode) => mode === 'unpooled')) {
    throw new UserError('--connections goes with pooled or http2: unpooled opens one for each call')
  }
  if (url?.protocol === 'http:' && modes.includes('http2')) {
    throw new UserError('http2 needs an https:// URL: it is agreed upon within TLS, and there is none on plain http')
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    // Its first sentence says what is wrong, the others what might be done about it.
    const [sentence = ''] = String(error instanceof Error ? error.message : error).split(/\.\s|\n/)
    const [, option] = /^Option '(--\w+).*(?:ambiguous|missing)/.exec(sentence) ?? []
    throw new UserError(`${option ? `${option} needs a value` : sentence}; see --help`)
  }
}
