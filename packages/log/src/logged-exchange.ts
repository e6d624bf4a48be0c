import {
  attemptsOf,
  type ExchangeEnd,
  type FetchInit,
  type FetchInput,
  headersOf,
  methodOf,
  signalOf,
  urlOf,
  WatchedExchange,
} from '@steadfetch/core'
import type { ExchangeChannels } from './exchange-channels.ts'
import { kindOf, type Level, type LogEntry, loggedError } from './log-entry.ts'
import { type LogFormat, type Logger, write } from './logger.ts'
import type { Redaction } from './redaction.ts'

/** What is written of an exchange, how and where. */
export interface LogPlan {
  readonly logger: Logger | false
  readonly format: LogFormat
  readonly level: (entry: LogEntry) => Level | false
  readonly headers: boolean
  readonly bytes: boolean
  readonly redaction: Redaction
  readonly channels: ExchangeChannels | undefined
  /** Told of what goes wrong with the logging; it must not throw. */
  readonly broken: (error: unknown) => void
}

let lastId = 0

/** One call, from its start to its line. It keeps nothing of the response, and whatever goes wrong in it stays in it. */
export class LoggedExchange {
  readonly #plan: LogPlan
  readonly #input: FetchInput
  readonly #init: FetchInit | undefined
  readonly #id = ++lastId
  readonly #watched: WatchedExchange
  #known: Pick<LogEntry, 'method' | 'url'> & Partial<LogEntry> = { method: '', url: '' }

  constructor(plan: LogPlan, input: FetchInput, init: FetchInit | undefined) {
    this.#plan = plan
    this.#input = input
    this.#init = init
    this.#watched = new WatchedExchange(signalOf(input, init), (end) => this.#guarded(() => this.#over(end)))
    this.#guarded(() => this.#started())
  }

  /** The response has come. */
  responded(response: Response): void {
    this.#guarded(() => {
      this.#watched.responded(response)
      this.#note(response)
      this.#watched.endsWith(response, this.#plan.bytes)
    })
  }

  /** The call has failed. */
  failed(error: unknown): void {
    this.#guarded(() => this.#noteAttempts(error))
    this.#watched.failed(error)
  }

  #started(): void {
    const { redaction, headers, channels } = this.#plan
    const method = redaction.text(methodOf(this.#input, this.#init))
    this.#known = { method, url: redaction.target(this.#input) }
    const { url } = this.#known
    if (channels?.start.hasSubscribers) channels.start.publish({ id: this.#id, method, url })
    if (headers) this.#noteRequestHeaders()
  }

  #noteRequestHeaders(): void {
    try {
      const requestHeaders = this.#plan.redaction.headers(headersOf(this.#input, this.#init))
      this.#known = { ...this.#known, requestHeaders }
    } catch {
      // What is no header is what the call is going to fail with, and that is logged.
    }
  }

  #note(response: Response): void {
    const { redaction, headers } = this.#plan
    const redirected = response.redirected ? urlOf(response.url) : undefined
    if (redirected) this.#known = { ...this.#known, redirectedTo: redaction.url(redirected) }
    if (headers) this.#known = { ...this.#known, responseHeaders: redaction.headers(response.headers) }
    this.#noteAttempts(response)
  }

  #noteAttempts(result: unknown): void {
    const log = attemptsOf(result)
    if (log) this.#known = { ...this.#known, attempts: log.attempts.length }
  }

  #over(end: ExchangeEnd): void {
    const { logger, format, level, channels } = this.#plan
    const entry = this.#entry(end)
    if (channels?.end.hasSubscribers) channels.end.publish({ id: this.#id, ...entry })
    if (!logger) return
    const chosen = level(entry)
    if (chosen === false) return
    const written = write(logger, chosen, format, entry)
    if (written instanceof Promise) written.catch(this.#plan.broken)
  }

  #entry({ error, duration, headersAfter, ...end }: ExchangeEnd): LogEntry {
    return {
      ...this.#known,
      ...end,
      ...(headersAfter === undefined ? {} : { headersAfter: rounded(headersAfter) }),
      duration: rounded(duration),
      ...(end.outcome === 'failed' || end.outcome === 'aborted' ? this.#failure({ error, duration, ...end }) : {}),
    }
  }

  #failure(end: ExchangeEnd): Pick<LogEntry, 'errorKind' | 'error'> {
    const { redaction } = this.#plan
    const secrets = redaction.secretsOf(this.#input, this.#init)
    return { errorKind: kindOf(end), error: loggedError(end.error, (text) => redaction.text(text, secrets)) }
  }

  /** What the caller gets must not depend on what the log makes of it. */
  #guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#plan.broken(error)
    }
  }
}

/** To a tenth of a millisecond: what is beyond is noise. */
function rounded(duration: number): number {
  return Math.round(duration * 10) / 10
}
