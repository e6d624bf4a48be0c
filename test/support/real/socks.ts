import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Program, type RunningProgram, startProgram } from './program.ts'

export const microsocks: Program = { binary: 'microsocks', package: 'microsocks' }

export const dante: Program = { binary: 'danted', package: 'dante-server' }

/** A SOCKS5 proxy that wants a password. */
export function startMicrosocks(user: string, password: string): Promise<RunningProgram> {
  return startProgram(microsocks, (port) => ['-i', '127.0.0.1', '-p', String(port), '-u', user, '-P', password])
}

/** A SOCKS5 proxy that takes anybody. */
export function startDante(): Promise<RunningProgram> {
  return startProgram(dante, (port, directory) => {
    const file = join(directory, 'danted.conf')
    writeFileSync(
      file,
      `logoutput: ${join(directory, 'log')}
internal: 127.0.0.1 port = ${port}
external: lo
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`,
    )
    return ['-f', file, '-p', join(directory, 'pid')]
  })
}
