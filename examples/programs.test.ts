import { fileURLToPath } from 'node:url'
import { type FaultServer, startFaultServer } from '@steadfetch/test-support/fault-server'
import { runProgram } from '@steadfetch/test-support/run-program'
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest'

const servers: FaultServer[] = []
beforeAll(async () => {
  servers.push(...(await Promise.all([1, 2, 3].map(() => startFaultServer()))))
})
afterAll(() => Promise.all(servers.map((server) => server.close())))

async function outputOf(context: TestContext, name: string): Promise<string> {
  const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { status, stdout, stderr } = await runProgram(context, program, ...servers.map(({ origin }) => origin)).ended
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

it('two-lines', async (context) => {
  expect(await outputOf(context, 'two-lines')).toMatch(/^\[\n( {2}\{ key: 'order-\d', attempt: 2 \},?\n){3}\]\n$/)
})

it('policy-per-service asks the partner for two things at a time, and for a payment once', async (context) => {
  const output = await outputOf(context, 'policy-per-service')
  expect(output).toMatch(/^internal 200 .+\npartner 200 200 200 200\npayments http-status\n$/s)
  expect([servers[1]?.peakExchanges, servers[2]?.hits('payment')]).toEqual([2, 1])
})

it('own-middleware', async (context) => {
  expect(await outputOf(context, 'own-middleware')).toMatch(
    /^(call-1 503\n){2}call-1 200\n(call-2 503\n){2}call-2 200\n$/,
  )
})
