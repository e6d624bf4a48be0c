import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Packs the built packages as they would be published, installs them into an empty project, and uses them there: by
// import, by require, and in the eyes of two major versions of TypeScript. Needs `pnpm build` before.

const root = fileURLToPath(new URL('../../', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const project = mkdtempSync(join(tmpdir(), 'steadfetch installed '))

function run(command: string, args: readonly string[], cwd = project): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

const use = `
const stack = compose(timeout({ after: 5000 }), retry({ backoff: { base: 1 } }))
let calls = 0
const response = await stack(async () => new Response('', { status: ++calls < 3 ? 503 : 200 }))('http://a.test/')
if (response.status !== 200 || attemptsOf(response)?.attempts.length !== 3) throw new Error('not as published')
`

try {
  for (const name of packages)
    run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', project], join(root, 'packages', name))
  const tarballs = readdirSync(project).filter((file) => file.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), '{ "private": true }')
  run('npm', ['install', '--no-audit', '--no-fund', '--no-save', ...tarballs.map((file) => `./${file}`)])

  writeFileSync(
    join(project, 'imported.mts'),
    `${packages.map((name) => `import '${name === 'steadfetch' ? name : `@steadfetch/${name}`}'`).join('\n')}
import { circuits } from '@steadfetch/circuit-breaker'
import { compose } from '@steadfetch/core'
import { limiter } from '@steadfetch/concurrency'
import { attemptsOf, retry } from '@steadfetch/retry'
import { timeout } from '@steadfetch/timeout'
import { harden } from 'steadfetch'
import 'steadfetch/testing'
const asHardened: typeof fetch = harden()
const asFetch: typeof fetch = compose(timeout({ headers: 1 }), retry())(fetch)
circuits().close()
limiter({ limit: 1 }).close()
${use}`,
  )
  writeFileSync(
    join(project, 'required.cjs'),
    `const { compose } = require('@steadfetch/core')
const { attemptsOf, retry } = require('@steadfetch/retry')
const { timeout } = require('@steadfetch/timeout')
async function main() { ${use} }
main()`,
  )
  run(process.execPath, ['imported.mts'])
  run(process.execPath, ['required.cjs'])
  const compilerOptions = { noEmit: true, strict: true, target: 'es2023', module: 'nodenext', types: [] }
  const consumer = {
    compilerOptions: { ...compilerOptions, lib: ['es2023', 'dom', 'dom.iterable'] },
    include: ['*.mts'],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(consumer))
  for (const compiler of ['tsc', 'tsc6']) run(join(root, 'node_modules', '.bin', compiler), ['-p', '.'])
  console.log(`${packages.length} packages install, import, can be required, and compile`)
} finally {
  rmSync(project, { recursive: true })
}
