import { type ErrorKind, type ExchangeEnd, errorKind, inWords } from '@steadfetch/core'

/** One exchange, as it is logged: nothing in it is secret. Durations are in milliseconds. */
export interface LogEntry extends Omit<ExchangeEnd, 'error'> {
  readonly method: string
  readonly url: string
  /** Where redirects have led to. */
  readonly redirectedTo?: string
  /** How often the call was made, where a retry below says so: it need not of a call that succeeds at once. */
  readonly attempts?: number
  readonly errorKind?: ErrorKind
  readonly error?: LoggedError
  readonly requestHeaders?: Readonly<Record<string, string>>
  readonly responseHeaders?: Readonly<Record<string, string>>
}

/** An error as it is logged; its stack, which repeats its message, is not. */
export interface LoggedError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly cause?: LoggedError
}

export type Level = 'info' | 'warn' | 'error'

/** How deep a chain of causes is logged; one that runs in a circle ends here too. */
const deepest = 5

/** An error of any kind, with its causes, each text as `redact` lets it through. */
export function loggedError(error: unknown, redact: (text: string) => string, depth = 1): LoggedError {
  if (typeof error !== 'object' || error === null) {
    return { name: typeof error, message: redact(typeof error === 'string' ? error : inWords(error)) }
  }
  const { name, message, code, cause, errors } = error as Record<string, unknown>
  const next = cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  return {
    name: redact(String(name ?? 'object')),
    message: redact(String(message ?? '')),
    ...(typeof code === 'string' ? { code: redact(code) } : {}),
    ...(next === undefined || depth === deepest ? {} : { cause: loggedError(next, redact, depth + 1) }),
  }
}

/** One word for what went wrong; a caller's abort is one, whatever its reason is. */
export function kindOf({ outcome, error }: ExchangeEnd): ErrorKind {
  const kind = errorKind(error)
  return outcome === 'aborted' && kind === 'unknown' ? 'abort' : kind
}

/** Failures, timeouts and 5xx are errors, 4xx and what nobody read are warnings; a caller that gives up is neither. */
export function levelOf({ outcome, status = 0, errorKind }: LogEntry): Level {
  if (outcome === 'failed' || errorKind === 'timeout' || status >= 500) return 'error'
  return outcome === 'abandoned' || status >= 400 ? 'warn' : 'info'
}
