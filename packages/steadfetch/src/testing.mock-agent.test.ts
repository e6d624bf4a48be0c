import { fileURLToPath } from 'node:url'
import { runProgram } from '@steadfetch/test-support/run-program'
import { expect, it } from 'vitest'

// In a process of its own, as undici, when it is imported, makes its own dispatcher that of the process.

it("undici's MockAgent has its interceptors consumed by the attempts", async (context) => {
  const program = fileURLToPath(new URL('../../../test/testing/mock-agent.ts', import.meta.url))
  const { status, stdout } = await runProgram(context, '--test', '--test-reporter=tap', program).ended
  expect(stdout).toMatch(/^# pass 6$/m)
  expect(status).toBe(0)
})
