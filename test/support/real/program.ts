import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'

/** A program that tests run against, and the Debian package, or packages, that it comes in. */
export interface Program {
  readonly binary: string
  readonly package: string
  /** The path of what it does not work without, where that is packaged by itself. */
  readonly needs?: string
}

/** A program that runs, on a free port of the loopback. */
export interface RunningProgram extends AsyncDisposable {
  readonly port: number
  /** What it was given to write into; gone when it has stopped. */
  readonly directory: string
}

const { PATH = '', CI } = process.env

/** Where system programs are, for those whose PATH leads to none. */
const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin']

function pathOf({ binary }: Program): string | undefined {
  const directories = [...PATH.split(delimiter), ...systemDirectories]
  return directories.map((directory) => join(directory, binary)).find((path) => existsSync(path))
}

function isInstalled(program: Program): boolean {
  return pathOf(program) !== undefined && (program.needs === undefined || existsSync(program.needs))
}

/** Tests that need programs. Without one they are skipped, and say so; where CI is set, that is a failure. */
export function describeWith(name: string, programs: readonly Program[], tests: () => void): void {
  const missing = programs.find((program) => !isInstalled(program))
  if (!missing) {
    describe(name, tests)
    return
  }
  const names = [missing.binary, missing.needs ?? []].flat().join(' and ')
  const needs = `needs ${names} (apt-get install ${missing.package})`
  describe(name, () => {
    if (CI) {
      it(needs, () => Promise.reject(new Error(needs)))
      return
    }
    // A report counts what is skipped, and does not always name it.
    console.warn(`skipped: ${needs}: ${name}`)
    it.skip(`skipped: ${needs}`, () => {})
  })
}

/** What a program is started with, for the port and the directory that it gets. */
export type Arguments = (port: number, directory: string) => readonly string[]

/** Starts a program and waits until it answers. */
export async function startProgram(program: Program, argumentsFor: Arguments): Promise<RunningProgram> {
  const directory = mkdtempSync(join(tmpdir(), `steadfetch-${program.binary}-`))
  const port = await freePort()
  const path = pathOf(program)
  if (path === undefined) throw new Error(`${program.binary} is not installed`)
  const child = spawn(path, argumentsFor(port, directory), {
    cwd: directory,
    // Some leave things at home, which is not to be ours.
    env: { ...process.env, HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
  const stop = async (): Promise<void> => {
    await end(child, ended)
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await untilItAnswers(child, port)
  } catch (error) {
    await stop()
    throw new Error(`${program.binary}: ${said}`, { cause: error })
  }
  return { port, directory, [Symbol.asyncDispose]: stop }
}

/** A port that nobody listens to; another program might take it before it is used, which has not been seen. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

async function untilItAnswers(child: ChildProcess, port: number): Promise<void> {
  for (let patience = 300; patience > 0; patience -= 1) {
    if (child.exitCode !== null) throw new Error(`ended with status ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('does not answer')
}

/** Waits for the processes that it has started as well: they have its output, which closes with the last of them. */
async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM')
  const slow = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(slow)
}
