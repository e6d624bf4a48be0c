import { bold, faint } from './table.ts'

/** What a scene begins with: a title, what happens in it, and the code that is compared. */
export function printOpening(
  title: string,
  about: readonly string[],
  contenders: readonly { readonly name: string; readonly code: readonly string[] }[],
): void {
  const indent = Math.max(...contenders.map(({ name }) => name.length)) + 5
  const lines = ['', bold(title), ...about.map((line) => `  ${line}`), '']
  for (const { name, code } of contenders) {
    for (const [number, line] of code.entries()) {
      lines.push(number === 0 ? `  ${name.padEnd(indent - 2)}${faint(line)}` : `${' '.repeat(indent)}${faint(line)}`)
    }
  }
  console.log(`${lines.join('\n')}\n`)
}

/** What it ends with: the figures, and what they say. */
export function printOutcome(figures: readonly string[], reading: string, stopped: boolean): void {
  const end = stopped ? ['  Stopped by Ctrl-C; these are the figures up to then.', ''] : []
  console.log(['', ...end, ...figures, '', ...wrapped(`→ ${reading}`), ''].join('\n'))
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ' '} ${word}`
    if (lines.length === 0 || longer.length > 98) lines.push(lines.length === 0 ? `  ${word}` : `    ${word}`)
    else lines[lines.length - 1] = longer
  }
  return lines.map(bold)
}
