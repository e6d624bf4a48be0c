import { inWords } from '@steadfetch/core'
import type { Level, LogEntry } from './log-entry.ts'
import { lineOf } from './log-line.ts'

/** A logger of the shape that pino has, and bunyan, and many others; or a console. */
export interface Logger {
  info(entry: object, message?: string): void
  warn(entry: object, message?: string): void
  error(entry: object, message?: string): void
}

export type LogFormat = 'line' | 'object'

/** @throws {TypeError} that names what is missing. */
export function assertLogger(logger: unknown): void {
  for (const level of ['info', 'warn', 'error'] satisfies Level[]) {
    const method = typeof logger === 'object' && logger !== null ? Reflect.get(logger, level) : undefined
    if (typeof method !== 'function') {
      throw new TypeError(`log: logger must be false, or have info, warn and error, got ${inWords(logger)}`)
    }
  }
}

/**
 * A console is told by `table` and `group`, which every one of the Console Standard has and no logger does; it gets a
 * line, and a logger an object with the line as its message.
 */
export function formatOf(logger: Logger): LogFormat {
  return 'table' in logger && 'group' in logger ? 'line' : 'object'
}

/** Writes an entry, and gives back what the logger does: it may be a promise. */
export function write(logger: Logger, level: Level, format: LogFormat, entry: LogEntry): unknown {
  const line = lineOf(entry)
  return Reflect.apply(logger[level], logger, format === 'line' ? [line] : [entry, line])
}
