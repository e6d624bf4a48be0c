import { fileURLToPath } from 'node:url'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { runProgram } from '@steadfetch/test-support/run-program'
import { afterAll, beforeAll, expect, it } from 'vitest'

const servers: FaultServer[] = []
beforeAll(async () => {
  servers.push(...(await Promise.all([1, 2, 3].map(() => startFaultServer()))))
})
afterAll(() => Promise.all(servers.map((server) => server.close())))

it.for<[string, RegExp]>([
  ['two-lines', /^\[\n( {2}\{ key: 'order-\d', attempt: 2 \},?\n){3}\]\n$/],
  ['policy-per-service', /^internal 200 .+\npartner 200 200 200 200\npayments http-status\n$/s],
  ['own-middleware', /^(call-1 503\n){2}call-1 200\n(call-2 503\n){2}call-2 200\n$/],
])('%s does what it says', async ([name, expected], context) => {
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { status, stdout, stderr } = await runProgram(context, program, ...servers.map(({ origin }) => origin)).ended
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(expected)
})

it('asks the partner for two things at a time, and for a payment once', () => {
  expect([servers[1]?.peakExchanges, servers[2]?.hits('payment')]).toEqual([2, 1])
})
