/** One attempt at a call: what came of it, and the wait before the next. */
export interface Attempt {
  /** The status of the response, where there was one. */
  readonly status?: number
  /** What the attempt failed with, where there was no response. */
  readonly error?: unknown
  /** From its start to the response's headers or the failure, in milliseconds. */
  readonly duration: number
  /** The wait before the next attempt, in milliseconds; absent from the last one. */
  wait?: number
}

/** What a call went through before it came to its result. */
export interface AttemptLog {
  /** In the order they were made; the last one is the result. */
  readonly attempts: readonly Attempt[]
  /**
   * Why a result that deserved a further attempt got none: there were enough (`attempts`), the body can be sent once
   * only (`body`), too much has failed of late (`budget`), the wait would outlast the deadline or `maxWait`
   * (`deadline`), or the method must not be repeated (`method`). Absent when nothing was held back.
   */
  readonly stopped?: StopReason
}

export type StopReason = 'attempts' | 'body' | 'budget' | 'deadline' | 'method'

const logs = new WeakMap<object, AttemptLog>()

/**
 * The attempts behind a response, or behind the error that a call failed with. Undefined where the first attempt was a
 * success and so the only one, where no layer makes attempts, and where one in between has replaced the object. Of an
 * error that several calls have failed with, it has those of the last one.
 */
export function attemptsOf(result: unknown): AttemptLog | undefined {
  return typeof result === 'object' && result !== null ? logs.get(result) : undefined
}

/** Notes the attempts behind a result that was made by this call alone, never behind a shared abort reason. */
export function recordAttempts(result: unknown, log: AttemptLog): void {
  if (typeof result === 'object' && result !== null) logs.set(result, log)
}
