import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { listenersOf } from './platform-fetch.ts'
import type { Stack } from './stack.ts'

/** What may be left of the calls of one stack. */
export interface Used {
  readonly stack: Stack
  readonly signals: readonly AbortSignal[]
}

/** How long what goes on behind the caller's back may take: to drain a response takes 100 ms at the most. */
const patience = 2000

/** Sees what calls leave behind in the process. */
export class Residue {
  readonly #timers = new Map<unknown, { readonly stack: Stack | undefined; readonly delay: number }>()
  readonly #rejections: string[] = []
  readonly #user = new AsyncLocalStorage<Stack>()
  readonly #restore: () => void

  constructor() {
    const { setTimeout: start, clearTimeout: stop, setInterval: repeat, clearInterval: end } = globalThis
    const started = (timer: unknown, delay = 0): void => {
      if (!isOfPlatform(new Error().stack)) this.#timers.set(timer, { stack: this.#user.getStore(), delay })
    }
    const gone = (timer: unknown): void => void this.#timers.delete(timer)
    const unhandled = (reason: unknown): void => void this.#rejections.push(`an unhandled rejection: ${reason}`)
    process.on('unhandledRejection', unhandled)
    Object.assign(globalThis, {
      setTimeout: (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
        const timer = start(() => {
          gone(timer)
          callback(...args)
        }, delay)
        started(timer, delay)
        return timer
      },
      clearTimeout: (timer: NodeJS.Timeout) => {
        gone(timer)
        stop(timer)
      },
      setInterval: (callback: () => void, delay?: number) => {
        const timer = repeat(callback, delay)
        started(timer, delay)
        return timer
      },
      clearInterval: (timer: NodeJS.Timeout) => {
        gone(timer)
        end(timer)
      },
    })
    this.#restore = () => {
      process.off('unhandledRejection', unhandled)
      Object.assign(globalThis, { setTimeout: start, clearTimeout: stop, setInterval: repeat, clearInterval: end })
    }
  }

  /** Runs something, so that its timers are known to be of a stack. */
  by<Value>(stack: Stack, run: () => Value): Value {
    return this.#user.run(stack, run)
  }

  /** What is left when all exchanges are over, or do not come to their end. Circuits that are open are ended first. */
  async left(server: { readonly openExchanges: number }, used: readonly Used[]): Promise<string[]> {
    for (const { stack } of used) stack.circuits[Symbol.dispose]()
    const until = performance.now() + patience
    let found: string[]
    do {
      await pause(5)
      found = [...this.#found(used)]
      if (server.openExchanges > 0) found.push(`${server.openExchanges} open exchanges at the server`)
    } while (found.length > 0 && performance.now() < until)
    for (const { stack } of used) found.push(...(await connectionsLeftOf(stack)))
    return [...found, ...this.#timersOf(new Set(used.map(({ stack }) => stack))), ...this.#rejections.splice(0)]
  }

  [Symbol.dispose](): void {
    this.#restore()
  }

  *#found(used: readonly Used[]): Generator<string> {
    for (const { stack, signals } of used) {
      const { active, queued } = stack.limiter.stats()
      const listeners = signals.reduce((sum, signal) => sum + listenersOf(signal), 0)
      const untold = stack.hooked.calls - stack.ends.length + stack.logged.calls - stack.lines.length
      if (active > 0 || queued > 0) yield `${active} slots and ${queued} waiters of ${stack.name}`
      if (listeners > 0) yield `${listeners} listeners of ${stack.name}`
      if (stack.sent.open > 0) yield `${stack.sent.open} open bodies of ${stack.name}`
      if (untold !== 0) yield `${untold} ends that hooks and log did not tell of ${stack.name}`
    }
  }

  *#timersOf(stacks: ReadonlySet<Stack | undefined>): Generator<string> {
    for (const { stack, delay } of this.#timers.values()) {
      if (stacks.has(stack)) yield `a timer of ${delay} ms of ${stack?.name}`
    }
  }
}

/** A pool is closed at once when all of its exchanges are over. */
async function connectionsLeftOf({ connections, name }: Stack): Promise<string[]> {
  const started = performance.now()
  for (const layer of connections) await layer.close({ grace: patience })
  return performance.now() - started < patience ? [] : [`connections of ${name}`]
}

/** Whether undici has started a timer, the platform's or npm's, for its connections: the third line is the caller. */
function isOfPlatform(stack = ''): boolean {
  return /node:internal|[\\/]undici[\\/]/.test(stack.split('\n')[3] ?? '')
}
