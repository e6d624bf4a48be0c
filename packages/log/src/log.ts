import {
  assertFunction,
  assertOptions,
  assertResponse,
  inWords,
  type Middleware,
  withoutOption,
  withPerCall,
} from '@steadfetch/core'
import { areHeard, type ExchangeChannels, exchangeChannels } from './exchange-channels.ts'
import { type Level, type LogEntry, levelOf } from './log-entry.ts'
import { LoggedExchange, type LogPlan } from './logged-exchange.ts'
import { assertLogger, formatOf, type LogFormat, type Logger } from './logger.ts'
import { assertRedact, Redaction, type RedactOptions } from './redaction.ts'

export type { ExchangeEndMessage, ExchangeStartMessage } from './exchange-channels.ts'
export type { Level, LogEntry, LoggedError } from './log-entry.ts'
export type { LogFormat, Logger } from './logger.ts'
export type { RedactOptions } from './redaction.ts'
export { type ToCurlOptions, toCurl } from './to-curl.ts'

/** Options of {@link log}. */
export interface LogOptions {
  /** Where the lines go: a console, a logger of pino's shape, or `false` for the diagnostics channels only. @default console */
  logger?: Logger | false
  /** What the logger gets: a line, or an object and the line. @default 'line' for a console, 'object' for others */
  format?: LogFormat
  /** The level of an exchange; `false` for no line. @default 'error' for failures and 5xx, 'warn' for 4xx, else 'info' */
  level?: (entry: LogEntry) => Level | false
  /** Adds the headers of the request and the response, redacted. @default false */
  headers?: boolean
  /** Counts what is read of the body; that costs a look at every chunk. @default false */
  bytes?: boolean
  /** What is secret beside what always is; `false` shows everything. @default {} */
  redact?: RedactOptions | false
}

/**
 * Writes one line for every exchange when it is over, and tells of it on `node:diagnostics_channel` where that exists
 * and somebody listens. Secrets are redacted.
 *
 * A per-call `{ log: { headers: true } }` changes the options that it names, for the outermost log of a stack;
 * `{ log: false }` turns that one off.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it.
 */
export function log(options: LogOptions = {}): Middleware<{ log?: LogOptions | false }> {
  const channels = exchangeChannels()
  const own = { ...options }
  const planOfLayer = planOf(options, channels)
  return (fetch) => {
    assertFunction('log: fetch', fetch)
    return async function log(input, init) {
      const perCall = init?.log
      const rest = withoutOption('log', init)
      if (perCall === false) return fetch(input, rest)
      const plan = perCall === undefined ? planOfLayer : planOf(perCallOver(own, perCall), channels)
      if (!plan.logger && !areHeard(channels)) return fetch(input, rest)
      const exchange = new LoggedExchange(plan, input, rest)
      try {
        const response = await fetch(input, rest)
        assertResponse('log', response)
        exchange.responded(response)
        return response
      } catch (error) {
        exchange.failed(error)
        throw error
      }
    }
  }
}

const known = ['logger', 'format', 'level', 'headers', 'bytes', 'redact'] as const

function planOf(options: LogOptions, channels: ExchangeChannels | undefined): LogPlan {
  assertOptions('log', options, known)
  const { logger = console, format, level = levelOf, headers = false, bytes = false, redact = {} } = options
  if (logger !== false) assertLogger(logger)
  if (format !== undefined && format !== 'line' && format !== 'object') {
    throw new TypeError(`log: format must be 'line' or 'object', got ${inWords(format)}`)
  }
  assertFunction('log: level', level)
  for (const [name, value] of Object.entries({ headers, bytes })) {
    if (typeof value !== 'boolean') throw new TypeError(`log: ${name} must be true or false, got ${inWords(value)}`)
  }
  if (redact !== false) assertRedact('log', redact)
  const redaction = new Redaction(redact)
  return {
    ...{ logger, level, headers, bytes, redaction, channels },
    format: format ?? (logger ? formatOf(logger) : 'object'),
    broken: complainOnce(redaction),
  }
}

/** Says once that the logging does not work: it must neither break the exchanges nor be silent for ever. */
function complainOnce(redaction: Redaction): (error: unknown) => void {
  let complained = false
  return (error) => {
    if (complained) return
    complained = true
    try {
      console.error(redaction.text(`log: an exchange could not be logged: ${String(error)}`))
    } catch {
      // The console is what does not work.
    }
  }
}

/** Refused before they are merged: of what is no object, a merge would make one. */
function perCallOver(options: LogOptions, perCall: LogOptions): LogOptions {
  assertOptions('log', perCall, Object.keys(Object(perCall)))
  return withPerCall(options, perCall)
}
