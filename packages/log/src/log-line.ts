import type { LogEntry, LoggedError } from './log-entry.ts'

/** What would end the line, or be taken for a command by a terminal. */
const control = /[\p{Cc}\p{Zl}\p{Zp}]/gu

/** An exchange in one line for people. */
export function lineOf(entry: LogEntry): string {
  const { method, url, status, outcome, error, errorKind, redirectedTo } = entry
  const result = [status, outcome === 'complete' || outcome === 'ended' ? undefined : outcome]
  const details = [
    entry.headersAfter === undefined ? undefined : `headers ${entry.headersAfter} ms`,
    entry.bytes === undefined ? undefined : `${entry.bytes} bytes`,
    entry.bytes === undefined && entry.contentLength !== undefined
      ? `${entry.contentLength} bytes announced`
      : undefined,
    entry.attempts === undefined || entry.attempts === 1 ? undefined : `${entry.attempts} attempts`,
    redirectedTo === undefined ? undefined : `redirected to ${redirectedTo}`,
  ].filter((detail) => detail !== undefined)
  const words = [
    ...[method, url, ...result, 'in', entry.duration, 'ms'].filter((word) => word !== undefined),
    ...(details.length === 0 ? [] : [`(${details.join(', ')})`]),
    ...(entry.requestHeaders ? ['request', JSON.stringify(entry.requestHeaders)] : []),
    ...(entry.responseHeaders ? ['response', JSON.stringify(entry.responseHeaders)] : []),
  ]
  const failure = error ? `: ${errorKind}: ${inOne(error)}` : ''
  return `${words.join(' ')}${failure}`.replace(control, escaped)
}

/** An error and what is behind it. */
function inOne({ name, message, code, cause }: LoggedError): string {
  const own = [name, ...(message === '' ? [] : [message]), ...(code === undefined ? [] : [code])].join(': ')
  return cause ? `${own}; because of ${inOne(cause)}` : own
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
