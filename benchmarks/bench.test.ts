import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childrenOf, isAlive } from '@steadfetch/test-support/processes'
import { widest, words } from '@steadfetch/test-support/program-output'
import { runProgram } from '@steadfetch/test-support/run-program'
import { describe, expect, type TestContext, test } from 'vitest'
import type { Report } from './bench/report.ts'

const program = fileURLToPath(new URL('bench.ts', import.meta.url))
const patience = 60_000

describe.concurrent('bench', () => {
  test('counts a socket a call when unpooled, and no more than there may be when pooled', {
    timeout: patience,
  }, async (context) => {
    const file = join(folder(context), 'out.json')
    const flags = ['--requests', '40', '--concurrency', '2']
    const { status, stdout, stderr } = await runProgram(
      context,
      program,
      ...flags,
      '--connections',
      '2',
      '--json',
      file,
    ).ended
    expect(status).toBe(0)
    expect(widest(stdout + stderr)).toBeLessThanOrEqual(120)
    expect(words(stdout)).toContain('sockets that the server counted: 80 for 80 unpooled requests')
    expect(words(stdout)).toMatch(/→ https: pooled, 2 conns makes \d+\.\d+ \(at 2\) times as many calls a second/)
    expect(stderr).toMatch(/^ +10 %, about \d+ s left {3}warm-up {3}http, 2 at a time/m)

    const report: Report = JSON.parse(readFileSync(file, 'utf8'))
    expect(report).toMatchObject({ target: 'the embedded server', node: process.version, stopped: false })
    expect(report.rows.map(({ protocol, mode }) => `${protocol} ${mode}`)).toEqual([
      'http unpooled',
      'http pooled',
      'https unpooled',
      'https pooled',
    ])
    for (const { mode, rounds, server, latency, memory } of report.rows) {
      expect(rounds.map(({ calls, ok }) => [calls, ok])).toEqual(Array(10).fill([4, 4]))
      expect(server?.requests).toBe(40)
      if (mode === 'unpooled') expect(server?.sockets).toBe(40)
      else expect(server?.sockets).toBeLessThanOrEqual(2)
      expect(latency?.p999).toBeGreaterThan(0)
      expect(memory).toBeGreaterThan(2 ** 20)
    }

    const again = await runProgram(
      context,
      program,
      ...flags,
      '--requests',
      '20',
      '--layers',
      'timeout,retry',
      '--compare',
      file,
    ).ended
    expect(again.status).toBe(0)
    expect(again.stdout).toMatch(/^Now divided by .*out\.json/m)
    expect(again.stdout).toContain('not the same: --layers was absent, and is timeout,retry')
    expect(again.stdout).not.toMatch(/machine was|node was/)
  })

  test('speaks HTTP/2 over one connection, with the same fetch for all', { timeout: patience }, async (context) => {
    const flags = ['--requests', '60', '--concurrency', '6', '--modes', 'pooled,http2']
    const layers = 'log,hooks,timeout,retry,circuitBreaker,concurrency'
    const { status, stdout } = await runProgram(context, program, ...flags, '--layers', layers).ended
    expect(status).toBe(0)
    expect(stdout).toContain('http2 with https alone')
    expect(words(stdout)).toMatch(/, 1 for 60 http2 requests/)
    expect(stdout).not.toContain('failed')
  })

  test('keeps to a rate', { timeout: patience }, async (context) => {
    const flags = ['--rate', '200', '--duration', '200ms', '--concurrency', '3']
    const { status, stdout } = await runProgram(context, program, ...flags).ended
    expect(status).toBe(0)
    expect(stdout).toContain('200 calls started a second')
    expect(stdout).toMatch(/→ https: pooled takes \d+\.\d+ \(at 3\) times as long/)
  })

  test("loads somebody's own server by GETs alone, as often as it was told", { timeout: patience }, async (context) => {
    const { url, requests } = await serve(context, (request, response) => {
      response.writeHead(request.url === '/a?token=canary' && requests.length % 10 === 0 ? 503 : 200).end('{}')
    })
    const { status, stdout } = await runProgram(
      context,
      program,
      `${url}a?token=canary`,
      '--requests',
      '50',
      '--modes',
      'pooled',
    ).ended
    expect(status).toBe(0)
    expect(new Set(requests)).toEqual(new Set(['GET /a?token=canary']))
    expect(requests.length).toBeGreaterThan(50)
    expect(requests.length).toBeLessThanOrEqual(100) // as many calls at most to warm up
    expect(stdout).toMatch(/peak MB +calls +open at most$/m)
    expect(stdout).toContain('http, 10 at a time: pooled: 5 of 50 calls failed: HTTP 503 (5)')
    expect(stdout).not.toContain('canary')
  })

  test('ends with status 1 when every call fails', { timeout: patience }, async (context) => {
    const { url, close } = await serve(context, () => {})
    await close()
    const { status, stderr } = await runProgram(context, program, `${url}?token=canary`, '--requests', '20').ended
    expect(status).toBe(1)
    expect(stderr).toMatch(new RegExp(`^bench: every call to ${url} failed: refused$`, 'm'))
  })

  test('follows no redirect, wherever it leads', { timeout: patience }, async (context) => {
    const { url, requests } = await serve(context, (_, response) => response.writeHead(302, { location: '/b' }).end())
    const { status, stderr } = await runProgram(context, program, url, '--requests', '20', '--modes', 'pooled').ended
    expect(status).toBe(1)
    expect(stderr).toContain(`bench: every call to ${url} failed: HTTP 302`)
    expect(new Set(requests)).toEqual(new Set(['GET /']))
  })

  test.for([
    [['--modes', 'keepalive'], '--modes must be of unpooled, pooled, http2, got "keepalive"'],
    [['--compare', program], `--compare: ${program} is not JSON`],
    [['--json', tmpdir()], `--json: ${tmpdir()} is a folder`],
    [
      ['http://nothing.invalid/?k=v'],
      'nothing.invalid is not this machine, and load belongs on machines of your own: --yes if you may load it',
    ],
  ] as const)('refuses %j in one line', { timeout: patience }, async ([args, message], context) => {
    expect(await runProgram(context, program, ...args).ended).toEqual({
      status: 2,
      stdout: '',
      stderr: `bench: ${message}\n`,
    })
  })

  test('explains itself', { timeout: patience }, async (context) => {
    const { status, stdout } = await runProgram(context, program, '--help').ended
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: bench .*--compare old\.json/s)
    expect(widest(stdout)).toBeLessThanOrEqual(120)
  })

  test.for([
    ['in a round', / round 2 of 10 /, /^ {4}unpooled {2,}\d/m],
    ['in the warm-up', / warm-up /, /^ {2}Nothing was measured\.$/m],
  ] as const)('prints what it has when interrupted %s', { timeout: patience }, async ([, moment, shown], context) => {
    const { child, ended, shows } = runProgram(context, program, '--concurrency', '2', '--duration', '3s')
    await shows(moment)
    const processes = childrenOf(child)
    expect(processes).toHaveLength(5)
    process.kill(-Number(child.pid), 'SIGINT') // to the whole group, as a terminal does
    const { status, stdout } = await ended
    expect(status).toBe(130)
    expect(stdout).toContain('Stopped by Ctrl-C')
    expect(stdout).toMatch(shown)
    for (const pid of processes) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  test('leaves no process behind when it is killed', { timeout: patience }, async (context) => {
    const { child, ended, shows } = runProgram(context, program, '--concurrency', '2', '--duration', '3s')
    await shows(/ warm-up /)
    const processes = childrenOf(child)
    expect(processes).toHaveLength(5)
    child.kill('SIGKILL')
    await ended
    await context.expect.poll(() => processes.filter(isAlive), { timeout: patience }).toEqual([])
  })
})

function folder({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const path = mkdtempSync(join(tmpdir(), 'steadfetch-bench-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** A server on loopback that notes what it was asked. */
async function serve({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, listener: RequestListener) {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, close }
}
