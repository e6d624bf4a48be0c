import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isPlain, printfFormat, quoted } from './shell.ts'

const sh = (script: string): Buffer => execFileSync('sh', { input: script })

describe('a word in the shell', () => {
  it.each(["it's", '$HOME `id` "x" \\ ! # ~', 'two\nlines\n', '', "''", 'ä€😀'])('is %j again', (text) => {
    expect(sh(`printf %s ${quoted(text)}`).toString()).toBe(text)
  })
})

describe('what printf prints', () => {
  it('is any byte, the first one too', () => {
    for (let first = 0; first < 256; first += 1) {
      if (first % 16 !== 0 && first !== 45) continue
      const bytes = Uint8Array.from({ length: 256 }, (_, byte) => (first + byte) % 256)
      expect(new Uint8Array(sh(`printf ${printfFormat(bytes)}`))).toEqual(bytes)
    }
  })

  it('is a percent sign where there is one', () => {
    expect(sh(`printf ${printfFormat(new TextEncoder().encode('100%s %%d \\n'))}`).toString()).toBe('100%s %%d \\n')
  })
})

describe('a text that can be pasted', () => {
  it.each(['two\nlines', 'a\ttab', 'ä€😀'])('is %j', (text) => expect(isPlain(text)).toBe(true))
  it.each(['\r\n', '\0', '\x1b[1m', '\x7f', '\x85'])('is not %j', (text) => expect(isPlain(text)).toBe(false))
})
