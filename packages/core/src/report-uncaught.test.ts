import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { reportUncaught } from './report-uncaught.ts'

afterEach(() => void vi.unstubAllGlobals())

describe('an error that nobody waits for', () => {
  it('is an uncaught one of the process', () => {
    const program = `
      import { reportUncaught } from ${JSON.stringify(import.meta.resolve('./report-uncaught.ts'))}
      process.on('uncaughtException', (error) => console.log('uncaught', error.message))
      reportUncaught(new Error('mine'))
      console.log('goes on')`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(stdout).toBe('goes on\nuncaught mine\n')
  })

  it('is reported where the platform has a place for it', () => {
    const report = vi.fn()
    vi.stubGlobal('reportError', report)
    const error = new Error('mine')
    reportUncaught(error)
    expect(report.mock.calls).toEqual([[error]])
  })
})
