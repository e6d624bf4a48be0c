import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const snippets = new URL('./.snippets/', import.meta.url)

/** What the compiler has to say of a project; nothing is well. */
async function complaintsAbout(project: string): Promise<string> {
  const compiler = fileURLToPath(new URL('node_modules/.bin/tsc', root))
  const run = promisify(execFile)(compiler, ['-p', fileURLToPath(new URL(project, import.meta.url))])
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout || String(error),
  )
}

describe('a stack of layers', () => {
  it.each(['dom', 'node', 'workers'])(
    'is typed as promised under the types of %s',
    async (platform) => {
      expect(await complaintsAbout(`./${platform}/tsconfig.json`)).toBe('')
    },
    60_000,
  )
})

describe('the READMEs', () => {
  afterAll(() => rm(snippets, { recursive: true, force: true }))

  it('have snippets that compile as they are printed', async () => {
    const packages = await readdir(new URL('packages/', root))
    const readmes = ['README.md', 'CONTRIBUTING.md', ...packages.map((name) => `packages/${name}/README.md`)]
    await mkdir(snippets, { recursive: true })
    let count = 0
    for (const readme of readmes) {
      const text = await readFile(new URL(readme, root), 'utf8')
      for (const [, code = ''] of text.matchAll(/^```ts\n(.*?)^```/gms)) {
        count += 1
        const name = `${readme.replaceAll('/', '-')}-${count}.ts`
        await writeFile(new URL(name, snippets), `${code}\nexport {}\n`)
      }
    }
    const project = {
      extends: '../../../tsconfig.base.json',
      include: ['*.ts'],
      compilerOptions: { noUnusedLocals: false },
    }
    await writeFile(new URL('tsconfig.json', snippets), JSON.stringify(project))
    expect(count).toBeGreaterThanOrEqual(packages.length)
    expect(await complaintsAbout('./.snippets/tsconfig.json')).toBe('')
  }, 60_000)
})
