import { styleText } from 'node:util'

/** A row: its label, and a cell for each column; a cell that is undefined is not known. */
export type Row = readonly [label: string, ...cells: (string | undefined)[]]

/** Lines of a table with numbers to the right; the head is bold where the terminal has such a thing. */
export function table(head: Row, rows: readonly Row[]): string[] {
  const all = [head, ...rows].map((row) => row.map((cell) => cell ?? '—'))
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 3)))
      .join(''),
  )
  const rule = '─'.repeat(lines[0]?.length ?? 0)
  return [bold(lines[0] ?? ''), faint(rule), ...lines.slice(1)].map((line) => `  ${line}`)
}

export function bold(text: string): string {
  return styleText('bold', text)
}

export function faint(text: string): string {
  return styleText('dim', text)
}
