import { styleText } from 'node:util'

/** A row: the group it belongs to, its name, and a cell for each column. */
export interface GroupedRow {
  readonly group: string
  readonly name: string
  readonly cells: readonly string[]
}

/** Lines of a table whose rows stand below the names of their groups, with numbers to the right. */
export function groupsTable(head: readonly string[], rows: readonly GroupedRow[]): string[] {
  if (rows.length === 0) return []
  const first = Math.max(...rows.map(({ name }) => name.length)) + 4
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  )
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(first), ...cells.map((cell, column) => cell.padStart(widths[column] ?? 0))].join('  ').trimEnd()
  const lines = [styleText('bold', line('', head))]
  let group = ''
  for (const row of rows) {
    if (row.group !== group) lines.push(styleText('dim', `  ${row.group}`))
    group = row.group
    lines.push(line(`    ${row.name}`, row.cells))
  }
  return lines
}
