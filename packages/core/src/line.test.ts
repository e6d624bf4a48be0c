import { describe, expect, it } from 'vitest'
import { Line } from './line.ts'

/** Everyone in the line, from the first on; nobody is left in it. */
function emptied(line: Line<string>): string {
  let order = ''
  for (let { first } = line; first; first = line.first) {
    order += first.value
    line.leave(first)
  }
  return order
}

describe('Line', () => {
  it('keeps the order in which they came, whoever leaves it', () => {
    for (const leaving of ['', 'a', 'c', 'e', 'ab', 'de', 'bd', 'ae', 'abcde', 'edcba']) {
      const line = new Line<string>()
      const places = [...'abcde'].map((name) => line.join(name))
      for (const place of [...leaving].flatMap((name) => places.filter(({ value }) => value === name))) {
        line.leave(place)
        line.leave(place)
      }
      expect(line.size).toBe(5 - leaving.length)
      line.join('f')
      const staying = [...'abcdef'].filter((name) => !leaving.includes(name)).join('')
      expect(emptied(line)).toBe(staying)
      expect([line.size, line.first]).toEqual([0, undefined])
    }
  })

  it('does not hold who has left it, nor the others by the place of one', () => {
    const line = new Line<string>()
    const [a, b, c] = [line.join('a'), line.join('b'), line.join('c')]
    line.leave(b)
    expect(b).toEqual({ value: 'b', before: undefined, after: undefined, taken: false })
    expect([a.after, c.before]).toEqual([c, a])
  })
})
