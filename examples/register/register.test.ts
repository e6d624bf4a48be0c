import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { faultyService } from '../demo/faulty-service.ts'
import { closedLoop } from '../demo/traffic.ts'
import { faultShare } from '../demo/weather.ts'

const directory = fileURLToPath(new URL('.', import.meta.url))
const calls = 2000
const concurrency = 20
const seed = 1

/** After so many milliseconds somebody on the way cuts off what the service has not answered: fetch has no limit for it. */
const patience = 2000

it('loses its calls as they come, and hardly any with steadfetch, without a change to it', async () => {
  expect(readFileSync(new URL('app.js', import.meta.url), 'utf8')).not.toContain('steadfetch')
  const plain = await failuresOf([])
  const hardened = await failuresOf(['--import', 'steadfetch/register'])
  console.log(`of ${calls} GETs failed: ${plain} plainly, ${hardened} with --import steadfetch/register`)
  expect(Math.abs(plain / calls - faultShare)).toBeLessThan(0.03)
  expect(hardened / calls).toBeLessThanOrEqual(0.005)
}, 120_000)

/** How many of the calls fail that the program makes of a service which meets the same weather each time. */
async function failuresOf(args: readonly string[]): Promise<number> {
  await using service = await startService()
  await using program = await startProgram(args, service.origin)
  let failures = 0
  const jobs = Array.from({ length: calls }, (_, call) => async () => {
    const response = await fetch(`${program.origin}/orders/${call}${call % 2 === 0 ? '' : '/total'}`)
    const { order } = await response.json()
    if (response.status !== 502) expect([response.status, order]).toEqual([200, call])
    else failures += 1
  })
  await closedLoop(jobs, concurrency, new AbortController().signal)
  return failures
}

interface Running extends AsyncDisposable {
  readonly origin: string
}

async function startService(): Promise<Running> {
  const answer = faultyService(seed)
  const server = createServer((request, response) => {
    answer(request, response)
    const cutting = setTimeout(() => request.socket.destroy(), patience)
    response.once('close', () => clearTimeout(cutting))
  })
  server.on('connection', (socket) => socket.on('error', () => {}))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function startProgram(args: readonly string[], service: string): Promise<Running> {
  const child = spawn(process.execPath, [...args, 'app.js'], {
    cwd: directory,
    env: { PATH: process.env.PATH, PORT: '0', ORDERS_URL: service },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const line = once(createInterface(child.stdout), 'line')
  const [said] = await Promise.race([line, exited])
  return {
    origin: String(said).replace('listening on ', ''),
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await exited
    },
  }
}
