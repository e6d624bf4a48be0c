import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The rules that CONTRIBUTING.md tells in words, held against every package.

const root = fileURLToPath(new URL('../../', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')
const filesBelow = (...path: string[]): string[] =>
  readdirSync(join(root, ...path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
const sources = ['packages', 'test', 'examples', 'benchmarks']
  .flatMap((folder) => filesBelow(folder))
  .filter((file) => file.endsWith('.ts') && !/[\\/](dist|\.snippets)[\\/]/.test(file))

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  [field: string]: unknown
}

/** The package that has all layers is not one itself. */
const whole = 'steadfetch'

const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The one library that a package is built on. */
const libraries: Record<string, string> = {
  auth: '@noble/hashes',
  'circuit-breaker': 'opossum',
  concurrency: 'p-limit',
  cookies: 'tough-cookie',
  pool: 'undici',
  proxy: 'undici',
  retry: 'p-retry',
}

/** The layers that are another one plus something. */
const foundations: Record<string, string> = {
  auth: '@steadfetch/redirects',
  cookies: '@steadfetch/redirects',
  proxy: '@steadfetch/pool',
}

/** The packages that may import what only Node has. */
const forNode = ['cookies', 'pool', 'proxy', 'steadfetch']

describe.each(packages)('packages/%s', (name) => {
  const manifest: Manifest = JSON.parse(read('packages', name, 'package.json'))
  const readme = read('packages', name, 'README.md')
  const files = filesBelow('packages', name, 'src')
  const shipped = files.filter((file) => !file.endsWith('.test.ts'))

  it('has the manifest that all have', () => {
    const more = name === whole ? ['register', 'testing'] : []
    expect(manifest).toMatchObject({
      name: name === whole ? whole : `@steadfetch/${name}`,
      description: expect.stringMatching(/^[A-Z].{20,160}\.$/),
      license: 'MIT',
      type: 'module',
      // A bundler must not take out what is imported for its effect alone.
      sideEffects: name === whole ? ['./src/register.ts', './dist/register.js'] : false,
      engines: { node: '^22.19 || ^24 || >=26' },
      exports: {
        '.': `./src/${name}.ts`,
        ...Object.fromEntries(more.map((entry) => [`./${entry}`, `./src/${entry}.ts`])),
        './package.json': './package.json',
      },
      publishConfig: {
        access: 'public',
        exports: {
          '.': { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
          ...Object.fromEntries(
            more.map((entry) => [`./${entry}`, { types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` }]),
          ),
          './package.json': './package.json',
        },
      },
      files: name === whole ? ['dist', 'policy.schema.json'] : ['dist'],
      scripts: { build: 'tsup' },
    })
    expect(read('packages', name, 'tsup.config.ts')).toContain(
      `export default library('${[name, ...more].join("', '")}')`,
    )
  })

  it('exports a factory of its own name', () => {
    if (name === 'core') return
    if (name === whole) return expect(read('packages', name, 'src', 'harden.ts')).toContain('export function harden(')
    expect(read('packages', name, 'src', `${name}.ts`)).toContain(`export function ${camelCase(name)}(`)
  })

  it('depends on core and on one library at most, and imports nothing else', () => {
    const layers = packages.filter((other) => other !== whole).map((other) => `@steadfetch/${other}`)
    const allowed =
      name === whole
        ? [...layers, 'leven']
        : (name === 'core' ? [] : ['@steadfetch/core', libraries[name], foundations[name]]).filter(Boolean)
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies ?? {})))
    for (const file of shipped) {
      const imports = [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)].map(([, id]) => id)
      const others = imports.filter((id = '') => {
        return !(forNode.includes(name) && /^(node:|undici\/lib\/)/.test(id)) && !/^@noble\/hashes\//.test(id)
      })
      expect(allowed, file).toEqual(expect.arrayContaining(others))
    }
  })

  it('has files of a readable length', () => {
    const tooLong = shipped.filter((file) => readFileSync(file, 'utf8').split('\n').length > 250)
    expect(tooLong).toEqual([])
  })

  it('has tests named after the file they test', () => {
    const tested = files
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => file.replace(/(\.[\w-]+)?\.test\.ts$/, '.ts'))
    expect(tested.length).toBeGreaterThan(0)
    expect(files).toEqual(expect.arrayContaining(tested))
  })

  it('has a README of the same plan as all, short enough to be read', () => {
    const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    const plan =
      name === 'core'
        ? ['Install', 'Use', 'What it does, exactly', 'Not included', 'See also']
        : ['Install', 'Use', 'Options', 'What it does, exactly', 'Where to put it', 'Not included', 'See also']
    expect(headings).toEqual(plan)
    expect(readme.startsWith(`# ${manifest.name}\n`)).toBe(true)
    const prose = readme.replace(/^```.*?^```/gms, '').replace(/^\|.*$/gm, '')
    expect(prose.split(/\s+/).length).toBeLessThanOrEqual(600)
  })

  it('names in its README every option and every dependency', () => {
    const factory = camelCase(name).replace(/^./, (letter) => letter.toUpperCase())
    // Those of auth are those of its schemes.
    const bags = name === 'auth' ? '\\w+Options' : name === whole ? 'Policy' : `(?:${factory}|Limiter)Options`
    const source = shipped.map((file) => readFileSync(file, 'utf8')).join('\n')
    const declared = [...source.matchAll(new RegExp(`^export interface ${bags} [^{]*\\{\\n(.*?)^\\}`, 'gms'))]
    const options = declared.map(([, members = '']) => members).join('\n')
    if (name !== 'core') expect(options).not.toBe('')
    for (const [, option] of options.matchAll(/^ {2}(\w+)\??:/gm)) expect(readme).toContain(`| \`${option}\``)
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      // A layer has a link to its own README there.
      expect(readme).toContain(name === whole ? dependency.replace('@steadfetch/', '') : dependency)
    }
  })
})

describe('the source', () => {
  it('has no file named after nothing', () => {
    const empty = /[\\/](index|utils?|helpers?|common|shared|types|constants|misc)\.ts$/
    expect(sources.filter((file) => empty.test(file))).toEqual([])
  })

  it('suppresses no check', () => {
    const suppression = new RegExp(
      ['@ts-', 'biome-', 'eslint-', 'oxlint-'].map((tool) => `${tool}(ignore|nocheck|disable)`).join('|'),
    )
    expect(sources.filter((file) => suppression.test(readFileSync(file, 'utf8')))).toEqual([])
  })

  it('expects a compile error nowhere but in the type tests', () => {
    const expecting = sources.filter((file) => readFileSync(file, 'utf8').includes(`@ts-${'expect'}-error`))
    expect(expecting).toEqual([join(root, 'test', 'typing', 'stack.ts')])
  })

  it('knows nothing of where its packages come from', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
  })
})

describe('the tests', () => {
  it('run on the Node of this workspace, or on the one that was asked for', () => {
    expect(process.version).toMatch(new RegExp(`^v${process.env.STEADFETCH_NODE ?? '24'}\\.`))
  })
})
