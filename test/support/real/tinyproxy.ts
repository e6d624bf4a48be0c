import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, type RunningProgram, startProgram } from './program.ts'

export const tinyproxy: Program = { binary: 'tinyproxy', package: 'tinyproxy' }

/** A forward proxy that wants a password. */
export function startTinyproxy(user: string, password: string): Promise<RunningProgram> {
  return startProgram(tinyproxy, (port, directory) => {
    const file = join(directory, 'tinyproxy.conf')
    writeFileSync(
      file,
      `Port ${port}
Listen 127.0.0.1
Allow 127.0.0.1
BasicAuth ${user} ${password}
PidFile "${join(directory, 'pid')}"
LogFile "${join(directory, 'log')}"
`,
    )
    return ['-d', '-c', file]
  })
}
