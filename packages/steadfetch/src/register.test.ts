import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let server: FaultServer
beforeAll(async () => {
  server = await startFaultServer()
})
afterAll(() => server.close())

/** The working directory of a program that steadfetch is installed for. */
let directory: string
beforeEach(() => {
  server.reset()
  directory = mkdtempSync(join(tmpdir(), 'steadfetch-register-'))
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(fileURLToPath(new URL('..', import.meta.url)), join(directory, 'node_modules', 'steadfetch'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const put = (name: string, text: string): void => writeFileSync(join(directory, name), text)

interface Ended {
  readonly status: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

const registered = ['--import', 'steadfetch/register']

/** Runs Node in that directory, with an environment that says nothing else. */
function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = '' } = process.env
  return new Promise((resolve) => {
    const options = { cwd: directory, env: { PATH, ...env }, timeout: 15_000 }
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ status: error ? error.code : 0, stdout, stderr })
    })
  })
}

/** A program that makes one call, and says what has come of it. */
const calling = (path = '/status/503'): string =>
  `fetch('${server.url(path)}').then(({ status }) => console.log(status))`

describe('a program that nobody edits', () => {
  beforeEach(() => {
    put('app.mjs', `await ${calling('/flaky?fail=2&key=app')}`)
    put('app.cjs', `'use strict'\n${calling('/flaky?fail=2&key=app')}`)
  })

  it('loses a call without steadfetch', async () => {
    expect(await node(['app.mjs'])).toEqual({ status: 0, stdout: '503\n', stderr: '' })
    expect(server.hits()).toBe(1)
  })

  it.each([
    ['a module', [...registered, 'app.mjs'], {}],
    ['a CommonJS program', [...registered, 'app.cjs'], {}],
    ['one whose environment says so', ['app.mjs'], { NODE_OPTIONS: registered.join(' ') }],
    ['one that requires it', ['--require', 'steadfetch/register', 'app.cjs'], {}],
  ])('has a hardened fetch, and nothing else is to be seen of it: %s', async (_, args, env) => {
    expect(await node(args, env)).toEqual({ status: 0, stdout: '200\n', stderr: '' })
    expect(server.hits()).toBe(3)
  })

  it('has one that looks like the one before', async () => {
    const looks = `
      const { value, ...attributes } = Object.getOwnPropertyDescriptor(globalThis, 'fetch')
      console.log(value.name, value.length, attributes, Object.keys(value), Object.keys(globalThis))`
    const plain = await node(['-e', looks])
    expect(plain.stdout).toMatch(/^fetch \d/)
    expect(await node([...registered, '-e', looks])).toEqual(plain)
  })

  it('is hardened once, however often it is registered', async () => {
    put('app.mjs', `await ${calling()}`)
    const copy = `${new URL('register.ts', import.meta.url)}?copy`
    const args = [...registered, ...registered, '--import', copy, 'app.mjs']
    const { stdout, stderr } = await node(args, { STEADFETCH_DEBUG: '1' })
    expect(stdout).toBe('503\n')
    expect(server.hits()).toBe(3)
    expect(stderr).toMatch(/^steadfetch: the global fetch is hardened .*^steadfetch: it was registered before\n$/ms)
  })

  it('has the original where it has been taken before', async () => {
    put('before.cjs', 'globalThis.before = fetch')
    put('app.mjs', calling().replace('fetch', 'before'))
    expect(await node(['--require', './before.cjs', ...registered, 'app.mjs'])).toMatchObject({ stdout: '503\n' })
    expect(server.hits()).toBe(1)
  })

  it('can put a fetch of its own in its place', async () => {
    put('app.mjs', `globalThis.fetch = async () => new Response(null, { status: 418 })\nawait ${calling()}`)
    expect(await node([...registered, 'app.mjs'])).toEqual({ status: 0, stdout: '418\n', stderr: '' })
    expect(server.hits()).toBe(0)
  })

  it('has it in threads whose code is a file, and in processes that it forks', async () => {
    const isHardened = "(Symbol.for('steadfetch.register') in globalThis)"
    put('thread.cjs', `require('node:worker_threads').parentPort.postMessage(${isHardened})`)
    put('forked.cjs', `process.send(${isHardened})`)
    put('spawned.cjs', `console.log(${isHardened})`)
    put(
      'app.mjs',
      `import { execFileSync, fork } from 'node:child_process'
      import { once } from 'node:events'
      import { readFileSync } from 'node:fs'
      import { Worker } from 'node:worker_threads'
      const code = readFileSync('thread.cjs', 'utf8')
      const told = {
        thread: (await once(new Worker('./thread.cjs'), 'message'))[0],
        evaluated: (await once(new Worker(code, { eval: true }), 'message'))[0],
        forked: (await once(fork('./forked.cjs'), 'message'))[0],
        spawned: execFileSync(process.execPath, ['spawned.cjs'], { encoding: 'utf8' }).trim() === 'true',
      }
      console.log(JSON.stringify(told))`,
    )
    const byArgument = { thread: true, evaluated: false, forked: true, spawned: false }
    expect(JSON.parse((await node([...registered, 'app.mjs'])).stdout)).toEqual(byArgument)
    const env = { NODE_OPTIONS: registered.join(' ') }
    expect(JSON.parse((await node(['app.mjs'], env)).stdout)).toEqual({ ...byArgument, spawned: true })
  })
})

describe('its configuration', () => {
  const once = JSON.stringify({ retry: { attempts: 1 } })

  it.each([
    ['steadfetch.config.json', `{ "$schema": "./node_modules/steadfetch/policy.schema.json", ${once.slice(1)}`, {}],
    ['steadfetch.config.ts', `const attempts: number = 1\nexport default { retry: { attempts } }`, {}],
    ['steadfetch.config.js', `module.exports = ${once}`, {}],
    ['live.mjs', `export default ${once}`, { STEADFETCH_CONFIG: 'live.mjs' }],
    ['steadfetch.config.json', '{ "retry": { "attempts": 2 } }', { STEADFETCH_POLICY: once }],
    ['steadfetch.config.json', JSON.stringify({ services: { 'http://a.test': {} } }), {}],
  ])('is obeyed: %s, %s, %o', async (file, text, env) => {
    put(file, text)
    put('app.mjs', `await ${calling()}`)
    expect(await node([...registered, 'app.mjs'], env)).toEqual({ status: 0, stdout: '503\n', stderr: '' })
    expect(server.hits()).toBe(1)
  })

  it('may be made of what steadfetch exports', async () => {
    put(
      'steadfetch.config.mts',
      `import { bearer } from 'steadfetch'
      import type { Config } from 'steadfetch/register'
      export default { auth: bearer({ token: 'canary', origins: '${server.origin}' }) } satisfies Config`,
    )
    put('app.mjs', `await ${calling('/status/200')}`)
    expect(await node([...registered, 'app.mjs'])).toEqual({ status: 0, stdout: '200\n', stderr: '' })
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer canary' })
  })

  it('with connections of its own lets the program end', async () => {
    put('app.mjs', `await ${calling('/status/200')}`)
    const env = { STEADFETCH_POLICY: '{ "pool": true }' }
    expect(await node([...registered, 'app.mjs'], env)).toEqual({ status: 0, stdout: '200\n', stderr: '' })
  })

  it('is told of where somebody asks', async () => {
    put('steadfetch.config.json', '{ "retry": { "attempts": 5 } }')
    const { stderr } = await node([...registered, '-e', ''], { STEADFETCH_DEBUG: '1' })
    const [first, ...stack] = stderr.split('\n')
    expect(first).toMatch(/^steadfetch: the global fetch is hardened by \/.*\/steadfetch\.config\.json$/)
    expect(stack).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}retry +attempts 5$/)]))
    expect((await node([...registered, '-e', ''], { STEADFETCH_DEBUG: '0' })).stderr).toBe('')
  })

  it.each([
    [
      'a policy with faults',
      'a.json',
      '{ "retri": 1, "retry": { "attempts": 0 } }',
      /: there are 2 faults:\n- .*\n- .*\n$/,
    ],
    ['no JSON', 'a.json', '{ "retry" }', /a\.json: it is no JSON: Expected ':' .*\n$/],
    [
      'a module that throws',
      'a.mjs',
      'throw new Error("not today")',
      /a\.mjs: it fails in line 1: Error: not today\n$/,
    ],
    ['a module without a policy', 'a.ts', 'export const policy = {}', /a\.ts: it exports no policy: .*\n$/],
    ['a file that is not there', 'b.json', '', /a\.\w+: there is no such file\n$/],
  ])('stops the program where it is broken: %s', async (_, file, text, message) => {
    put(file, text)
    const env = { STEADFETCH_CONFIG: file === 'b.json' ? 'a.json' : file }
    const ended = await node([...registered, '-e', 'console.log("started")'], env)
    expect(ended).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(/^steadfetch: /) })
    expect(ended.stderr).toMatch(message)
  })

  it('stops the program where there are two', async () => {
    put('steadfetch.config.json', '{}')
    put('steadfetch.config.js', '')
    const { status, stderr } = await node([...registered, '-e', ''])
    expect([status, stderr]).toEqual([1, expect.stringMatching(/\.json and .*\.js are both there: .*\n$/)])
  })
})
