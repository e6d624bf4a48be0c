import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configSource } from './config-source.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steadfetch-config-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const put = (...names: readonly string[]): void => {
  for (const name of names) writeFileSync(join(directory, name), '{}')
}
const at = (name: string): { name: string; path: string } => ({
  name: join(directory, name),
  path: join(directory, name),
})

describe('a configuration', () => {
  it('is nowhere', () => {
    put('package.json', 'steadfetch.config.yaml', 'steadfetch.config.json.bak', 'my.steadfetch.config.json')
    expect(configSource({}, directory)).toBeUndefined()
    expect(configSource({}, join(directory, 'missing'))).toBeUndefined()
  })

  it.each(['json', 'js', 'mjs', 'cjs', 'ts', 'mts', 'cts'])('lies in the working directory, as .%s', (ending) => {
    put(`steadfetch.config.${ending}`)
    expect(configSource({}, directory)).toEqual(at(`steadfetch.config.${ending}`))
  })

  it('is the file that STEADFETCH_CONFIG names, from the working directory', () => {
    put('steadfetch.config.json')
    expect(configSource({ STEADFETCH_CONFIG: 'deploy/live.ts' }, directory)).toEqual(at('deploy/live.ts'))
    expect(configSource({ STEADFETCH_CONFIG: join(directory, 'a.json') }, '/')).toEqual(at('a.json'))
  })

  it('is the text of STEADFETCH_POLICY', () => {
    put('steadfetch.config.json')
    expect(configSource({ STEADFETCH_POLICY: '{}' }, directory)).toEqual({ name: 'STEADFETCH_POLICY', text: '{}' })
  })

  it('is not in a variable that is empty', () => {
    put('steadfetch.config.json')
    const env = { STEADFETCH_CONFIG: '', STEADFETCH_POLICY: '' }
    expect(configSource(env, directory)).toEqual(at('steadfetch.config.json'))
  })

  it('is there once: two variables are too many', () => {
    const env = { STEADFETCH_CONFIG: 'a.json', STEADFETCH_POLICY: '{}' }
    expect(() => configSource(env, directory)).toThrow(/^STEADFETCH_CONFIG and STEADFETCH_POLICY are both set/)
  })

  it('is there once: two files are too many', () => {
    put('steadfetch.config.ts', 'steadfetch.config.json')
    const [one, other] = [at('steadfetch.config.json').path, at('steadfetch.config.ts').path]
    expect(() => configSource({}, directory)).toThrow(`${one} and ${other} are both there`)
  })

  it('is a file that a program can load', () => {
    const env = { STEADFETCH_CONFIG: 'live.yaml' }
    const message = `STEADFETCH_CONFIG names ${at('live.yaml').path}, which ends in none of .json .js .mjs .cjs .ts .mts .cts`
    expect(() => configSource(env, directory)).toThrow(message)
  })

  it('is a link too, if it leads nowhere', () => {
    symlinkSync('missing.json', at('steadfetch.config.json').path)
    expect(configSource({}, directory)).toEqual(at('steadfetch.config.json'))
  })
})
