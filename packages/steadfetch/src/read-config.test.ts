import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import { readConfig } from './read-config.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'steadfetch-config-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

/** A file of its own each time: a module is loaded once. */
const put = (name: string, text: string): { name: string; path: string } => {
  const path = join(mkdtempSync(join(directory, 'case-')), name)
  writeFileSync(path, text)
  return { name: 'the file', path }
}
const policy = { retry: { attempts: 5 } }

describe('a configuration is read', () => {
  it('from a text', () => {
    expect(readConfig({ name: 'STEADFETCH_POLICY', text: JSON.stringify(policy) })).toEqual(policy)
  })

  it.each([
    ['a.json', '{ "retry": { "attempts": 5 } }'],
    ['mark.json', '\uFEFF{ "retry": { "attempts": 5 } }'],
    ['a.js', 'export default { retry: { attempts: 5 } }'],
    ['b.js', 'module.exports = { retry: { attempts: 5 } }'],
    ['a.mjs', 'const attempts = 5\nexport default { retry: { attempts } }'],
    ['a.cjs', 'module.exports = { retry: { attempts: 5 } }'],
    ['built.cjs', 'exports.__esModule = true\nexports.default = { retry: { attempts: 5 } }'],
    ['a.ts', 'const attempts: number = 5\nexport default { retry: { attempts } } satisfies object'],
    ['b.ts', 'import { sep } from "node:path"\nexport default { retry: { attempts: 4 + sep.length } }'],
    ['a.mts', 'type A = 5\nexport default { retry: { attempts: 5 as A } }'],
    ['a.cts', 'const attempts: number = 5\nmodule.exports = { retry: { attempts } }'],
  ])('from %s', (name, text) => {
    expect(readConfig(put(name, text))).toEqual(policy)
  })

  it('from a module as it is, functions too', () => {
    const { path } = put('a.mjs', 'export default { hooks: { onEnd() {} } }')
    expect(readConfig({ name: 'the file', path })).toEqual({ hooks: { onEnd: expect.any(Function) } })
  })
})

describe('what cannot be read is told of', () => {
  const messageOf = (source: Parameters<typeof readConfig>[0]): string => {
    try {
      return `it was read: ${String(readConfig(source))}`
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return error instanceof ConfigError ? error.message : ''
    }
  }

  it.each([
    ['missing.json', 'there is no such file'],
    ['missing.js', 'there is no such file'],
    ['directory.json', 'it is a directory'],
    ['directory.js', 'it is a directory'],
    ['loop.ts', 'it cannot be read: ELOOP'],
  ])('%s: %s', (name, message) => {
    const inside = mkdtempSync(join(directory, 'case-'))
    for (const ending of ['json', 'js']) mkdirSync(join(inside, `directory.${ending}`))
    symlinkSync('loop.ts', join(inside, 'loop.ts'))
    expect(messageOf({ name: 'the file', path: join(inside, name) })).toBe(`the file: ${message}`)
  })

  it.each([
    ['', 'Unexpected end of JSON input'],
    ['{ "retry": true, }', expect.stringMatching(/^Expected double-quoted .* at position 17 \(line 1 column 18\)$/)],
    ['{\n  // no\n}', expect.stringContaining('(line 2 column 3)')],
  ])('a text that is %j', (text, message) => {
    const [, what] = messageOf({ name: 'POLICY', text }).split('POLICY: it is no JSON: ')
    expect(what).toEqual(message)
  })

  it.each(['{ "proxy": http://user:canary@a.test }', '"canary', '{ "canary": canary }', 'canary'])(
    'no secret is shown of %s',
    (text) => {
      const message = messageOf({ name: 'POLICY', text })
      expect(message).toMatch(/^POLICY: it is no JSON: /)
      expect(message).not.toContain('canary')
    },
  )

  it.each([
    ['throws.mjs', '\nthrow new RangeError("too\\nbad")', 'it fails in line 2: RangeError: too'],
    ['throws.cts', 'const a: string = "bad"\nthrow new Error(a)', 'it fails in line 2: Error: bad'],
    ['string.cjs', 'throw "bad"', 'it throws "bad"'],
    ['syntax.cjs', 'module.exports = {\n  retry: {,\n}', "it fails in line 2: SyntaxError: Unexpected token ','"],
    ['syntax.mjs', 'export default {,', "it fails: SyntaxError: Unexpected token ','"],
    ['enum.ts', 'enum A { b }\nexport default {}', expect.stringMatching(/^it fails.*enum is not supported/)],
    ['asks.cjs', 'require("./nobody.cjs")', "it fails in line 1: Error: Cannot find module './nobody.cjs'"],
    [
      'asks.mjs',
      'import "./nobody.mjs"',
      expect.stringMatching(/^it fails: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find/),
    ],
    [
      'await.mjs',
      'await 1\nexport default {}',
      'it has an await at its top level, and a program does not wait for its configuration',
    ],
    ['named.mjs', 'export const policy = {}', 'it exports no policy: write export default { ... }'],
    ['built.cjs', 'exports.__esModule = true', 'it exports no policy: write export default { ... }'],
    ['forgotten.cjs', 'const policy = { retry: false }', 'it exports no policy: write module.exports = { ... }'],
    ['forgotten.ts', 'const policy: object = {}', 'it exports no policy: write module.exports = { ... }'],
    ['empty.js', '', 'it exports no policy: write module.exports = { ... }'],
  ])('%s', (name, text, message) => {
    const [, what] = messageOf(put(name, text)).split('the file: ')
    expect(what).toEqual(message)
  })
})
