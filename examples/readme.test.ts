import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { runProgram } from '@steadfetch/test-support/run-program'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// What is printed in the README of steadfetch is run, as it is printed; its services are all here.

const readme = await readFile(new URL('../packages/steadfetch/README.md', import.meta.url), 'utf8')
const snippets = [...readme.matchAll(/^### ([^\n]+)\n[^#]*?^```ts\n(.*?)^```/gms)].map(([, title = '', code = '']) => ({
  title,
  code,
}))
const folder = new URL('./.snippets/', import.meta.url)

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
  await mkdir(folder, { recursive: true })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the README of steadfetch', () => {
  it('has the commonest things in it', () => {
    expect(snippets.length).toBeGreaterThanOrEqual(6)
  })

  it.for(snippets)('$title', async ({ title, code }, context) => {
    const name = title.replaceAll(/\W+/g, '-')
    const services = `
      const { fetch } = globalThis
      const here = (url) => String(url).replace(/^https:\\/\\/[\\w.]+\\.example\\.com/, '${server.origin}')
      globalThis.fetch = (input, init) => fetch(here(input?.url ?? input), init)
      await import('./${name}.ts')
    `
    await writeFile(new URL(`${name}.ts`, folder), `${code}\nexport {}\n`)
    await writeFile(new URL(`${name}.run.mjs`, folder), services)
    server.reset()
    const program = fileURLToPath(new URL(`${name}.run.mjs`, folder))
    const { status, stderr } = await runProgram(context, program).ended
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(server.hits() > 0).toBe(!code.includes('steadfetch/testing'))
  })
})
