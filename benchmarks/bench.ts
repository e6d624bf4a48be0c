import { describeFetch, fetchFor } from './bench/base-fetch.ts'
import { type Flags, help, parseCommand } from './bench/command-line.ts'
import { comparison } from './bench/comparison.ts'
import { contestants, type Protocol } from './bench/contestants.ts'
import { assertMayLoad } from './bench/loopback.ts'
import { flagsInWords, opening } from './bench/opening.ts'
import { planFor } from './bench/plan.ts'
import type { Report } from './bench/report.ts'
import { assertWritable, readReport, writeReport } from './bench/report-file.ts'
import { run } from './bench/run.ts'
import { AllFailedError, assertSomeOk } from './bench/some-ok.ts'
import { summary } from './bench/summary.ts'
import { targetName } from './bench/target.ts'
import { UserError } from './bench/user-error.ts'
import { machine } from './machine.ts'

/** The program behind `npx -y pnpm@12 bench`. */
async function bench(args: string[], stop: AbortSignal): Promise<void> {
  const flags = parseCommand(args)
  if (flags === undefined) return console.log(help)
  const { url, json, compare } = flags
  if (url) assertMayLoad(url, flags.yes)
  if (json !== undefined) assertWritable(json)
  const old = compare === undefined ? undefined : readReport(compare)
  const rows = contestants({ ...flags, protocols: protocolsOf(flags) })
  const plan = planFor(flags)
  const about = {
    command: 'steadfetch bench',
    version: 1,
    date: new Date().toISOString(),
    machine: machine(),
    node: process.version,
    fetch: describeFetch(fetchFor(flags.modes)),
    target: targetName(url),
    flags: flagsInWords(flags),
  } as const
  print(opening(about, rows, plan, flags))

  const report: Report = { ...about, rows: await run(flags, rows, plan, stop), stopped: stop.aborted }
  if (stop.aborted) print(['  Stopped by Ctrl-C; this is what there is up to then.'])
  print(summary(report))
  if (json !== undefined) writeReport(json, report)
  if (old && compare) print(comparison(old, report, compare))
  assertSomeOk(
    report.target,
    report.rows.flatMap(({ rounds }) => rounds),
  )
}

function protocolsOf({ url, modes }: Flags): Protocol[] {
  if (url) return url.protocol === 'http:' ? ['http'] : ['https']
  return modes.every((mode) => mode === 'http2') ? ['https'] : ['http', 'https']
}

function print(lines: readonly string[]): void {
  console.log([...lines, ''].join('\n'))
}

// Whoever reads along may have had enough, as `head` does.
process.stdout.on('error', () => process.exit())

const [first, ...rest] = process.argv.slice(2)
if (first === 'overhead' && rest.length === 0) {
  await import('./overhead.ts')
} else {
  const interrupt = new AbortController()
  process.on('SIGINT', () => interrupt.abort())
  try {
    await bench(process.argv.slice(2), interrupt.signal)
    if (interrupt.signal.aborted) process.exitCode = 130
  } catch (error) {
    if (!(error instanceof UserError || error instanceof AllFailedError)) throw error
    console.error(`bench: ${error.message}`)
    process.exitCode = error instanceof UserError ? 2 : 1
  }
}
