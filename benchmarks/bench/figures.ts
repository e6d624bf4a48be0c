import type { Spread } from '../statistics.ts'

/** `1,999` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `1,999 ±20`: the median, and half the distance between the quartiles, where there is one. */
export function plusMinus({ lower, median, upper }: Spread): string {
  if (Number.isNaN(median)) return none
  return lower === upper ? count(median) : `${count(median)} ±${count((upper - lower) / 2)}`
}

/** `4.12 (3.90…4.31)`: the median and the quartiles, where they differ. */
export function quartiles({ lower, median, upper }: Spread): string {
  if (Number.isNaN(median)) return none
  return lower === upper ? threeDigits(median) : `${threeDigits(median)} (${threeDigits(lower)}…${threeDigits(upper)})`
}

/** `0.12`, `4.12`, `12.3`, `123` */
export function threeDigits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : count(value)
}

/** Lines of at most so many columns, the second and further ones indented by two more than the first. */
export function wrapped(text: string, indent = 2, columns = 116): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + word.length < columns) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(' '.repeat(lines.length === 0 ? indent : indent + 2) + word)
  }
  return lines
}

/** `about 40 s`, `about 3 min` */
export function roughly(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  return seconds < 100 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`
}

/** What is not known. */
export const none = '—'
