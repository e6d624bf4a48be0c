import type { ChildProcess } from 'node:child_process'

/**
 * Asks a process that gives one answer to every message, in order. What will not be answered because the process is
 * gone rejects, and names it.
 */
export function conversation<Message extends object, Answer>(
  name: string,
  child: ChildProcess,
): (message: Message) => Promise<Answer> {
  const waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = []
  const giveUp = (): void => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the process of ${name} is gone`))
  }
  child.on('message', (answer: Answer) => waiting.shift()?.resolve(answer))
  child.on('disconnect', giveUp)
  return (message) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      if (child.connected) child.send(message)
      else giveUp()
    })
}
