import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Program, type RunningProgram, startProgram } from './program.ts'

export const squid: Program = { binary: 'squid', package: 'squid' }

export interface Squid extends RunningProgram {
  /** What it was asked for since the last look: method and URL. */
  log(): Promise<string[]>
}

/** A forward proxy that wants a password. It finds `*.test` and every other name of `hosts` on the loopback. */
export async function startSquid(user: string, password: string, hosts: readonly string[] = []): Promise<Squid> {
  const program = await startProgram(squid, (port, directory) => {
    // It gives up being root, if it is, and has to write here all the same.
    chmodSync(directory, 0o777)
    const at = (name: string): string => join(directory, name)
    const crypted = execFileSync('perl', ['-e', 'print crypt($ARGV[0], q($6$steadfetch$))', password], {
      encoding: 'utf8',
    })
    writeFileSync(at('passwords'), `${user}:${crypted}\n`)
    writeFileSync(at('hosts'), `127.0.0.1 localhost ${hosts.join(' ')}\n`)
    writeFileSync(
      at('squid.conf'),
      `http_port 127.0.0.1:${port}
pid_filename ${at('pid')}
cache_log ${at('cache.log')}
logformat asked %rm %ru
access_log stdio:${at('access.log')} asked
buffered_logs off
strip_query_terms off
cache deny all
cache_mem 8 MB
coredump_dir ${directory}
hosts_file ${at('hosts')}
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${at('passwords')}
auth_param basic children 1
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
visible_hostname squid.test
shutdown_lifetime 0 seconds
`,
    )
    return ['-N', '-f', at('squid.conf')]
  })
  let read = 0
  const lines = (): string[] =>
    readFileSync(join(program.directory, 'access.log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('- error'))
  const log = async (): Promise<string[]> => {
    // A line is written when a connection is over, a moment after its client knows of it.
    for (let before = -1; before !== lines().length; await sleep(100)) before = lines().length
    const news = lines().slice(read)
    read += news.length
    return news
  }
  return { ...program, log }
}
