import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The packages as a program has them that has got two versions of them, by way of its dependencies. */
export interface SecondCopy extends Disposable {
  /** The URL of a package's entry. */
  entry(name: string): string
  /** The URL of the table of subjects, made of the copies. */
  readonly subjects: string
}

/** Copies the packages; their libraries are shared, their links to each other lead to the copies. */
export function secondCopy(): SecondCopy {
  const folder = mkdtempSync(join(tmpdir(), 'steadfetch-copy-'))
  const linked = join(folder, 'node_modules', '@steadfetch')
  mkdirSync(linked, { recursive: true })
  symlinkSync(join(root, 'node_modules', '.pnpm'), join(folder, 'node_modules', '.pnpm'))
  const isNoBuild = (path: string): boolean => !path.includes(`${sep}dist`)
  for (const name of readdirSync(join(root, 'packages'))) {
    const to = join(folder, 'packages', name)
    cpSync(join(root, 'packages', name), to, { recursive: true, verbatimSymlinks: true, filter: isNoBuild })
    symlinkSync(to, join(linked, name))
  }
  const subjects = join(folder, 'subjects.ts')
  cpSync(join(root, 'test', 'contract', 'subjects.ts'), subjects)
  return {
    entry: (name) => pathToFileURL(join(folder, 'packages', name, 'src', `${name}.ts`)).href,
    subjects: pathToFileURL(subjects).href,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
