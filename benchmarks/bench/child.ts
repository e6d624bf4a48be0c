import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { conversation } from '@steadfetch/test-support/conversation'

/** A program of this folder in a process of its own, which ends by itself when this one does. */
export interface Child<Question extends object, Answer> extends AsyncDisposable {
  /** Rejects when the process is gone. */
  ask(question: Question): Promise<Answer>
  /** Asks what has no answer of its own. */
  tell(message: object): void
}

/** Starts the program `name` with `options`, and waits for its first answer. */
export async function startChild<Options extends object, Opening, Question extends object, Answer>(
  name: string,
  options: Options,
): Promise<Child<Question, Answer> & { opening: Opening }> {
  // In a group of its own, because Ctrl-C goes to all of a group, and there are questions to ask after it.
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), { execArgv: [], detached: true })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const ask = conversation<Options | Question, Opening | Answer>(name, child)
  return {
    opening: (await ask(options)) as Opening,
    ask: async (question) => (await ask(question)) as Answer,
    tell: (message) => void (child.connected && child.send(message)),
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}
