import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { conversation } from './conversation.ts'
import { type FaultServer, type FaultServerOptions, urlAt } from './fault-server.ts'

export type FaultServerStats = Record<
  'hits' | 'openExchanges' | 'peakExchanges' | 'openSockets' | 'socketsSeen',
  number
>

/** A fault server that does not share the event loop of what is tested or measured. */
export interface FaultServerProcess extends AsyncDisposable, Pick<FaultServer, 'origin' | 'ca' | 'url'> {
  readonly pid: number | undefined
  /** The counters of {@link FaultServer}; `hits` are those of `key`, if given. */
  stats(key?: string): Promise<FaultServerStats>
  reset(): Promise<void>
  /** Ends the process; resolves when it is gone, and rejects unless it has ended in order. */
  close(): Promise<void>
}

/** What the parent asks after the options; every message gets one answer, in order. */
export interface Question {
  readonly reset?: boolean
  readonly key?: string | undefined
}

/** The answer to the options. */
export interface Started {
  readonly origin?: string
  readonly ca?: string | undefined
  readonly error?: string
}

/**
 * Starts a fault server in a process of its own, which ends by itself when this one does.
 *
 * @throws {Error} when it does not get to listen.
 */
export async function startFaultServerProcess(options: FaultServerOptions = {}): Promise<FaultServerProcess> {
  const child = fork(fileURLToPath(new URL('fault-server-child.ts', import.meta.url)), { execArgv: [] })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ask = conversation<FaultServerOptions | Question, Started & FaultServerStats>('the fault server', child)
  const close = async (): Promise<void> => {
    if (child.connected) child.disconnect()
    const code = await exited
    if (code !== 0) throw new Error(`the process of the fault server has ended with ${code}`)
  }

  const { origin, ca, error }: Started = await ask(options)
  if (origin === undefined) {
    await close()
    throw new Error(error)
  }
  return {
    origin,
    ca,
    pid: child.pid,
    url: (path, parameters) => urlAt(origin, path, parameters),
    stats: (key) => ask({ key }),
    reset: async () => void (await ask({ reset: true })),
    close,
    [Symbol.asyncDispose]: close,
  }
}
