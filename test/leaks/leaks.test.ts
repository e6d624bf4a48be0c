import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startFaultServer } from '@steadfetch/test-support/fault-server'
import { startNpmProxy } from '@steadfetch/test-support/real/npm-proxy'
import { describe, expect, it } from 'vitest'

interface Findings {
  listeners: number
  mostListeners: number
  timers: number
  heapGrowth: number
  calls: number
}

/** In a process of its own, which has to end by itself: what keeps it alive would end the test. */
async function findings(...options: string[]): Promise<Findings> {
  const program = new URL('ten-thousand-calls.ts', import.meta.url).pathname
  const run = promisify(execFile)(process.execPath, ['--expose-gc', decodeURIComponent(program), ...options])
  return JSON.parse((await run).stdout)
}

describe('10,000 calls on one long-lived signal through a total timeout, retry and a timeout for each attempt', () => {
  it.each(['sequential', 'concurrent'])(
    'leave nothing behind when they are %s',
    async (manner) => {
      const { listeners, mostListeners, timers, heapGrowth, calls } = await findings(manner)
      expect(calls).toBe(10_000)
      expect(mostListeners).toBe(1)
      expect(listeners).toBe(0)
      expect(timers).toBe(0)
      // 10,000 calls that each left so much as an empty object behind would be 560 kB.
      expect(heapGrowth).toBeLessThan(400_000)
    },
    120_000,
  )
})

describe('5,000 calls through a pool of ten connections', () => {
  it('have no eleventh, leave none, and let the process end', async () => {
    const program = new URL('pooled-calls.ts', import.meta.url).pathname
    const { stdout } = await promisify(execFile)(process.execPath, [decodeURIComponent(program)])
    expect(JSON.parse(stdout)).toEqual({ ok: 5000, socketsSeen: 10, openSockets: 0 })
  }, 60_000)
})

describe('pool and proxy', () => {
  it('leave the dispatcher of the process to the platform', async () => {
    await using server = await startFaultServer()
    await using middle = await startNpmProxy('user', 'password')
    const program = new URL('process-dispatcher.ts', import.meta.url).pathname
    const proxyUrl = `http://user:password@127.0.0.1:${middle.port}`
    const run = [decodeURIComponent(program), server.url('/json'), proxyUrl]
    const { stdout } = await promisify(execFile)(process.execPath, run)
    expect(JSON.parse(stdout)).toEqual({ beforeAnyFetch: 0, ofPlatform: true, kept: true, status: 200 })
    expect(middle.asked).toEqual([`GET ${server.url('/json')}`])
  }, 60_000)
})
