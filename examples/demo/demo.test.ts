import { createServer, type RequestListener } from 'node:http'
import { fileURLToPath } from 'node:url'
import { childrenOf } from '@steadfetch/test-support/processes'
import { widest, words } from '@steadfetch/test-support/program-output'
import { runProgram } from '@steadfetch/test-support/run-program'
import { describe, expect, type TestContext, test } from 'vitest'

const program = fileURLToPath(new URL('demo.ts', import.meta.url))
const patience = 60_000

// It measures, and others may keep the machine so busy that calls take longer than they may: hence another try or two.
test('compares both in weather and outage, and ends in order', { timeout: patience, retry: 2 }, async (context) => {
  const { status, stdout, stderr } = await runProgram(context, program, '--calls', '500').ended
  expect(status).toBe(0)
  expect(widest(stdout + stderr)).toBeLessThanOrEqual(100)

  const [bare = 0, hardened = 0] = figures(stdout, 'success rate')
  expect(bare).toBeGreaterThan(80)
  expect(bare).toBeLessThan(90)
  expect(hardened).toBeGreaterThanOrEqual(99.5)
  expect(figures(stdout, 'calls')).toEqual([500, 500])
  const [bareHits, hardenedHits] = figures(stdout, 'upstream hits per call')
  expect(bareHits).toBe(1)
  expect(hardenedHits).toBeGreaterThan(1.1)
  expect(hardenedHits).toBeLessThanOrEqual(1.3)
  expect(figures(stdout, 'latency of all calls p50')).toHaveLength(2)
  expect(figures(stdout, 'open sockets, \\S+ s idle')).toEqual([0, 0])
  expect(words(stdout)).toMatch(
    /→ bare fetch lost \d+ of 500 calls, steadfetch lost \d of 500 calls; it took 1\.\d+ req/,
  )
  expect(stderr).toMatch(/^ {2}100 % {3}bare fetch +\d+\/500 {2}steadfetch +\d+\/500$/m)

  const [noRetry, loop, budget, breaker] = figures(stdout, 'upstream hits per call in the outage')
  expect(noRetry).toBeCloseTo(1, 1)
  expect(loop).toBeGreaterThan(2)
  expect(budget).toBeLessThan(1.5)
  expect(breaker).toBeLessThan(0.5)
  expect(figures(stdout, 'success rate before it')).toHaveLength(4)
  expect(stdout).toMatch(/^ {2}retry loop {4}[▁-█]{50,}$/m)
  expect(words(stdout)).toMatch(
    /→ For each call in the outage the upstream got \d\.\d+ \(bare fetch\), \d\.\d+ \(retry loop\)/,
  )
})

describe.concurrent('demo', () => {
  test('sends GETs alone to a URL, so many as it says and one before', { timeout: patience }, async (context) => {
    const { url, methods, most } = await serve(context, (_, response) => setTimeout(() => response.end('{}'), 5))
    const { status, stdout } = await runProgram(context, program, url, '--calls', '40', '--concurrency', '4').ended
    expect(status).toBe(0)
    expect(methods).toEqual(Array(81).fill('GET'))
    expect(most()).toBe(4)
    expect(figures(stdout, 'calls')).toEqual([40, 40])
    expect(figures(stdout, 'success rate')).toEqual([100, 100])
    expect(stdout).not.toMatch(/hits|sockets/)
  })

  test('sends 100 calls a side to a URL unless told otherwise, and counts statuses', {
    timeout: patience,
  }, async (context) => {
    const { url, methods } = await serve(context, (_, response) => response.writeHead(404).end('no'))
    const { status, stdout } = await runProgram(context, program, `${url}?token=canary`).ended
    expect(status).toBe(0)
    expect(methods).toHaveLength(201)
    expect(figures(stdout, ' *HTTP 404')).toEqual([100, 100])
    expect(stdout).not.toContain('canary')
  })

  test.for([
    [['nonsense'], /^the URL must begin with http:\/\/ or https:\/\/, got "nonsense"$/],
    [['--calls', 'many'], /^--calls must be a whole number from 1 to 100000, got "many"$/],
    [['--bogus'], /^Unknown option '--bogus'; see --help$/],
    [['http://127.0.0.1:1/?k=v'], /^cannot call http:\/\/127\.0\.0\.1:1\/: fetch does not take this URL \(bad port\)$/],
    [
      ['http://nothing.invalid/?k=v'],
      /^cannot call http:\/\/nothing\.invalid\/: there is no host of that name \(\w+\)$/,
    ],
  ] as const)('refuses %j in one line', { timeout: patience }, async ([args, message], context) => {
    const { status, stdout, stderr } = await runProgram(context, program, ...args).ended
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^demo: .*\n$/)
    expect(stderr.slice('demo: '.length, -1)).toMatch(message)
  })

  test('refuses a host that accepts no connections', { timeout: patience }, async (context) => {
    const { url, close } = await serve(context, () => {})
    await close()
    const { status, stderr } = await runProgram(context, program, url).ended
    expect(status).toBe(2)
    expect(stderr).toBe(`demo: cannot call ${url}: it accepts no connections (ECONNREFUSED)\n`)
  })

  test('explains itself', { timeout: patience }, async (context) => {
    const { status, stdout } = await runProgram(context, program, '--help').ended
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Usage: demo .*--concurrency n.*--seed n/s)
  })

  test.for([
    ['the first scene', '5000', / 10 % /, 'upstream hits per call'],
    ['the second scene', '20', /100 %(?:.*\n)+.* 10 % /, 'upstream hits per call in the outage'],
  ] as const)(
    'prints what it has when interrupted in %s',
    { timeout: patience },
    async ([, calls, moment, row], context) => {
      const { child, ended, shows } = runProgram(context, program, '--calls', calls)
      await shows(moment)
      const upstreams = childrenOf(child)
      expect(upstreams.length).toBeGreaterThanOrEqual(2)
      process.kill(-Number(child.pid), 'SIGINT') // to the whole group, as a terminal does
      const { status, stdout } = await ended
      expect(status).toBe(130)
      expect(stdout).toContain('Stopped by Ctrl-C')
      expect(stdout).toContain(row)
      for (const pid of upstreams) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    },
  )

  test('prints what it has when interrupted with a URL', { timeout: patience }, async (context) => {
    const { url, methods } = await serve(context, (_, response) =>
      methods.length < 30 ? response.end('{}') : undefined,
    )
    const { child, ended, shows } = runProgram(context, program, url)
    await shows(/ 10 % /)
    child.kill('SIGINT')
    const { status, stdout } = await ended
    expect(status).toBe(130)
    expect(figures(stdout, 'success rate')).toEqual([100, 100])
  })
})

/** The numbers of the first row of that label. */
function figures(stdout: string, label: string): number[] {
  const [, cells = ''] = new RegExp(`^ {2}${label} {2,}(.*)$`, 'm').exec(stdout) ?? []
  return cells.split(/ {2,}/).map((cell) => Number.parseFloat(cell.replace(',', '')))
}

/** A server on loopback that counts. */
async function serve({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, listener: RequestListener) {
  const methods: string[] = []
  let open = 0
  let most = 0
  const server = createServer((request, response) => {
    methods.push(request.method ?? '')
    open += 1
    most = Math.max(most, open)
    response.on('close', () => {
      open -= 1
    })
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}/things`, methods, most: () => most, close }
}
