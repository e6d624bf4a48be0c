import { parseArgs } from 'node:util'
import { UserError } from './user-error.ts'

/** What the user asked for. */
export type Command =
  | { readonly scene: 'help' }
  | { readonly scene: 'embedded'; readonly calls: number; readonly seed: number }
  | { readonly scene: 'url'; readonly url: URL; readonly calls: number; readonly concurrency: number }

export const help = `Usage: demo [--calls n] [--seed n]
       demo <url> [--calls n] [--concurrency n]

Without a URL: bare fetch and a steadfetch stack side by side against an embedded upstream that fails
the way real ones do, then through a full outage of it. With one: the same comparison against your own
service, with read-only GETs.

  --calls n         calls through each side (2000 in the first scene; 100 with a URL)
  --concurrency n   with a URL: requests at a time, both sides together (10)
  --seed n          without one: another weather and other arrivals (1)
  --help            this text

Ctrl-C ends at once and prints what there is up to then.`

const options = {
  calls: { type: 'string' },
  concurrency: { type: 'string' },
  seed: { type: 'string' },
  help: { type: 'boolean' },
} as const

/** @throws {UserError} that says what is wrong with the arguments. */
export function parseCommand(args: string[]): Command {
  const { values, positionals } = parsed(args)
  if (values.help) return { scene: 'help' }
  const [text, ...more] = positionals
  if (more.length > 0) throw new UserError(`one URL at most, got ${positionals.length} arguments`)
  if (text === undefined) {
    if (values.concurrency !== undefined) throw new UserError('--concurrency goes with a URL only')
    return {
      scene: 'embedded',
      calls: whole('--calls', values.calls, 2000, 1, 100_000),
      seed: whole('--seed', values.seed, 1, 0, 2 ** 32 - 1),
    }
  }
  if (values.seed !== undefined) throw new UserError('--seed goes with the embedded upstream only, not with a URL')
  return {
    scene: 'url',
    url: httpUrl(text),
    calls: whole('--calls', values.calls, 100, 1, 100_000),
    concurrency: whole('--concurrency', values.concurrency, 10, 1, 1000),
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

function whole(flag: string, text: string | undefined, ifAbsent: number, least: number, most: number): number {
  if (text === undefined) return ifAbsent
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UserError(`${flag} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`)
}

function httpUrl(text: string): URL {
  const shown = JSON.stringify(text.replace(/\/\/[^/]*@/, '//…@'))
  if (!/^https?:\/\//i.test(text)) throw new UserError(`the URL must begin with http:// or https://, got ${shown}`)
  if (!URL.canParse(text)) throw new UserError(`this is not a valid URL: ${shown}`)
  const url = new URL(text)
  if (url.username || url.password) throw new UserError(`fetch takes no user and password in a URL, got ${shown}`)
  return url
}
