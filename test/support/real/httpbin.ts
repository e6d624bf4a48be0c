import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority } from '../certificates.ts'
import { type Program, type RunningProgram, startProgram } from './program.ts'

export const httpbin: Program = {
  binary: 'gunicorn',
  package: 'gunicorn python3-httpbin',
  needs: '/usr/lib/python3/dist-packages/httpbin',
}

export interface Httpbin extends RunningProgram {
  /** As `http://127.0.0.1:4711`. */
  readonly origin: string
  /** The authority that a client has to trust, in PEM; absent without TLS. */
  readonly ca: string | undefined
  url(path: string): string
}

/** Where a worker notes that it lives: not on a disk, which may be slow. */
const memory = '/dev/shm'

/** httpbin, as Debian has it. It speaks HTTP/1.1, and keeps an idle connection for two seconds. */
export async function startHttpbin({ tls = false } = {}): Promise<Httpbin> {
  const authority = tls ? createAuthority() : undefined
  const program = await startProgram(httpbin, (port, directory) => {
    const secured = Object.entries(authority?.issue() ?? {}).flatMap(([name, pem]) => {
      const file = join(directory, name)
      writeFileSync(file, pem)
      return [`--${name}file`, file]
    })
    return [
      ...['-b', `127.0.0.1:${port}`, '-w', '1', '-k', 'gthread', '--threads', '16'],
      ...['--keep-alive', '2', '--graceful-timeout', '1', ...secured],
      ...(existsSync(memory) ? ['--worker-tmp-dir', memory] : []),
      'httpbin:app',
    ]
  })
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${program.port}`
  return { ...program, origin, ca: authority?.cert, url: (path) => new URL(path, origin).href }
}
