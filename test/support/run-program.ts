import { type ChildProcess, spawn } from 'node:child_process'
import type { TestContext } from 'vitest'

/** What a program has come to. */
export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningProgram {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when its standard error has shown something. */
  shows(text: RegExp): Promise<void>
}

/** Runs a program of ours in a process group of its own, which does not outlive the test. */
export function runProgram(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  program: string,
  ...args: readonly string[]
): RunningProgram {
  const { FORCE_COLOR: _, ...env } = process.env
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...env, NO_COLOR: '1', NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, ...output }))
  })
  const shows = (text: RegExp): Promise<void> =>
    new Promise((resolve) => {
      child.stderr.on('data', () => text.test(output.stderr) && resolve())
    })
  return { child, ended, shows }
}
