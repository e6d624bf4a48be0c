import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { conversation } from '@steadfetch/test-support/conversation'

/** What an upstream is: one that meets the seeded weather, or one that can do so much at a time. */
export type UpstreamOptions =
  | { readonly service: 'faulty'; readonly seed: number }
  | { readonly service: 'limited'; readonly workers: number; readonly workTime: number }

/** What an upstream has seen. */
export interface Counts {
  readonly hits: number
  readonly openSockets: number
}

/** What the parent asks; every message gets one answer, in order. */
export interface Question {
  readonly freeze?: boolean
}

/** The first answer has the origin. */
export interface Answer extends Counts {
  readonly origin?: string
}

/** A server on loopback in a process of its own, which ends by itself when this one does. */
export interface Upstream extends AsyncDisposable {
  /** As `http://127.0.0.1:4711`. */
  readonly origin: string
  counts(): Promise<Counts>
  /** Begins or ends an outage, and tells what was counted up to then. */
  freeze(frozen: boolean): Promise<Counts>
}

/** @throws {Error} when the process does not come up. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  // In a group of its own, because Ctrl-C goes to all of a group, and there are questions to ask after it.
  const program = fileURLToPath(new URL('upstream.ts', import.meta.url))
  const child = fork(program, { execArgv: [], detached: true })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ask = conversation<UpstreamOptions | Question, Answer>('the upstream', child)
  const { origin = '' } = await ask(options)
  return {
    origin,
    counts: () => ask({}),
    freeze: (freeze) => ask({ freeze }),
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
