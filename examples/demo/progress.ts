import { MultiBar, Presets } from 'cli-progress'
import type { Tally } from './tally.ts'

/** What there is to show of a side. */
export interface ProgressOfSide {
  readonly name: string
  readonly tally: Tally
}

const refresh = 100

/**
 * Shows how far the sides have come, on stderr: a live bar each on a terminal, else a line at every tenth of the way.
 * `note` is a word on what is going on. Returns a function that shows the last state and ends it.
 */
export function showProgress(sides: readonly ProgressOfSide[], calls: number, note: () => string): () => void {
  return process.stderr.isTTY ? bars(sides, calls, note) : lines(sides, calls, note)
}

function bars(sides: readonly ProgressOfSide[], calls: number, note: () => string): () => void {
  const format = '  {name} {bar} {value}/{total}   {ok} ok  {failed} failed  {note}'
  const multi = new MultiBar({ format, barsize: 34, hideCursor: true }, Presets.shades_classic)
  const payload = ({ name, tally }: ProgressOfSide): object => ({
    name: name.padEnd(Math.max(...sides.map((side) => side.name.length))),
    ok: String(tally.ok).padStart(5),
    failed: String(tally.failed).padStart(4),
    note: note(),
  })
  const shown = sides.map((side) => ({ side, bar: multi.create(calls, 0, payload(side)) }))
  const update = (): void => {
    for (const { side, bar } of shown) bar.update(side.tally.calls, payload(side))
  }
  const timer = setInterval(update, refresh)
  return () => {
    clearInterval(timer)
    update()
    multi.stop()
  }
}

function lines(sides: readonly ProgressOfSide[], calls: number, note: () => string): () => void {
  let tenths = 0
  const digits = (value: number): string => String(value).padStart(String(calls).length)
  const update = (): void => {
    const done = Math.floor((10 * sides.reduce((sum, { tally }) => sum + tally.calls, 0)) / (calls * sides.length))
    if (done <= tenths) return
    tenths = done
    const states = sides.map(({ name, tally }) => `${name} ${digits(tally.ok)}/${digits(tally.calls)}`)
    process.stderr.write(`  ${`${done * 10} %`.padStart(5)}   ${states.join('  ')}  ${note()}`.trimEnd().concat('\n'))
  }
  process.stderr.write('  Calls that succeeded, of those that are over:\n')
  const timer = setInterval(update, refresh)
  return () => {
    clearInterval(timer)
    update()
  }
}
