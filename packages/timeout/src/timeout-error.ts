/** Which option of `timeout` ran out. */
export type TimeoutLimit = 'after' | 'headers' | 'idle'

/** A call took longer than it may. It is thrown by the call itself, or by whatever reads the body. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
  /** What the call was waiting for: the response's headers, or the rest of its body. */
  readonly phase: 'headers' | 'body'
  /** The option that ran out. */
  readonly option: TimeoutLimit
  /** How long that option allows, in milliseconds. */
  readonly limit: number

  constructor(option: TimeoutLimit, limit: number, phase: 'headers' | 'body') {
    super(`timeout: ${said(option, phase)} ${limit} ms`)
    this.option = option
    this.limit = limit
    this.phase = phase
  }
}

function said(option: TimeoutLimit, phase: 'headers' | 'body'): string {
  if (option === 'idle') return 'the server sent nothing more of the body for'
  if (phase === 'headers') return 'no response headers within'
  return 'the body was not over within'
}
