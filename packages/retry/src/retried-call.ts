import {
  type Attempt,
  abortable,
  assertResponse,
  causedBy,
  deadlineOf,
  discard,
  errorKind,
  type Fetch,
  type FetchInit,
  type FetchInput,
  headersOf,
  inWords,
  methodOf,
  type Replay,
  recordAttempts,
  type StopReason,
  signalOf,
  sleep,
} from '@steadfetch/core'
import pRetry from 'p-retry'
import type { RetryBudget } from './budget.ts'
import { neverSent } from './never-sent.ts'
import { answerOf, askedWait, type Outcome } from './outcome.ts'
import type { Policy } from './policy.ts'

/** A failed attempt in the one form in which p-retry takes it up for certain: an error, and not a `TypeError`. */
class Failure extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super()
    this.outcome = outcome
  }
}

const twice = 'retry: fetch returned the same Response twice; make a new one for each call'

/** A call whose first attempt has failed, from there to the outcome that stands. */
export class RetriedCall<Options> {
  readonly #fetch: Fetch<Options>
  readonly #input: FetchInput
  readonly #policy: Policy
  readonly #budget: RetryBudget | false
  readonly #signal: AbortSignal | undefined
  readonly #replay: Replay<FetchInit & Options>
  readonly #attempts: Attempt[] = []
  #init: (FetchInit & Options) | undefined
  /** The responses that were thrown away. */
  readonly #discarded = new WeakSet<Response>()
  #paid: number | undefined
  /** By `performance.now()`, no earlier than this: the waits are over, although a test may have replaced the timers only. */
  #earliest = 0
  #stopped: StopReason | undefined

  constructor(
    fetch: Fetch<Options>,
    input: FetchInput,
    init: (FetchInit & Options) | undefined,
    policy: Policy,
    budget: RetryBudget | false,
    replay: Replay<FetchInit & Options>,
  ) {
    this.#fetch = fetch
    this.#input = input
    this.#init = init
    this.#policy = policy
    this.#budget = budget
    this.#signal = signalOf(input, init)
    this.#replay = replay
  }

  /** @param started when the first attempt was begun, by `performance.now()`. */
  async after(first: Outcome, started: number): Promise<Response> {
    this.#note(first, started)
    try {
      const response = await pRetry(
        (attempt) => (attempt === 1 ? Promise.reject(new Failure(first)) : this.#attempt()),
        {
          retries: this.#policy.attempts - 1,
          minTimeout: 0, // The wait is ours, in shouldRetry: the last thing that p-retry asks, and the only one it awaits.
          shouldRetry: ({ error }) => error instanceof Failure && this.#isWorthAnother(error.outcome),
        },
      )
      if (this.#budget) this.#budget.succeeded(this.#input, this.#paid)
      this.#record(response)
      return response
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      return this.#settle(failure.outcome)
    }
  }

  async #attempt(): Promise<Response> {
    const started = performance.now()
    const outcome = await this.#outcome()
    this.#note(outcome, started)
    if (outcome.response && !this.#policy.statuses.has(outcome.response.status)) return outcome.response
    throw new Failure(outcome)
  }

  async #outcome(): Promise<Outcome> {
    try {
      // Without a `this`: a browser's own fetch refuses any but its window.
      const fetch = this.#fetch
      const response = await fetch(this.#input, this.#init)
      assertResponse('retry', response)
      if (this.#discarded.has(response)) throw new TypeError(twice)
      return { response }
    } catch (error) {
      return { error }
    }
  }

  #note({ response, error }: Outcome, started: number): void {
    const duration = performance.now() - started
    this.#attempts.push(response ? { status: response.status, duration } : { error, duration })
  }

  /** Waits for the right moment where there is to be a further attempt, and says so; else notes what is against it. */
  async #isWorthAnother(outcome: Outcome): Promise<boolean> {
    const answer = answerOf(outcome)
    try {
      this.#signal?.throwIfAborted()
      if (!this.#deservesAnother(outcome)) return false
      if (!this.#mayRepeat(outcome)) return this.#stop('method')
      const again = await this.#replay.again(this.#signal)
      if (again === undefined) return this.#stop('body')
      const asked = askedWait(outcome)
      const throttled = answer !== undefined && (answer.status === 429 || asked !== undefined)
      const wait = (asked ?? 0) + this.#backoff(throttled && asked === undefined)
      if (wait > this.#policy.maxWait) return this.#stop('deadline')
      if (this.#now() + wait >= deadlineOf(this.#signal)) return this.#stop('deadline')
      if (this.#budget) {
        const price = this.#budget.pay(this.#input, throttled)
        if (price === undefined) return this.#stop('budget')
        this.#paid = price
      }
      if (answer) this.#throwAway(answer)
      await this.#wait(wait, outcome)
      this.#init = again.init
      return true
    } catch (reason) {
      if (answer) discard(answer)
      throw this.#explained(reason, outcome)
    }
  }

  #throwAway(response: Response): void {
    if (response.body) this.#discarded.add(response)
    discard(response)
  }

  /** An error of the program's own, from `onRetry` or `backoff`: what went before it is known by it. */
  #explained(thrown: unknown, { error }: Outcome): unknown {
    if (this.#signal?.aborted) return thrown
    this.#record(thrown)
    return error === undefined ? thrown : causedBy(error, thrown)
  }

  #now(): number {
    return Math.max(performance.now(), this.#earliest)
  }

  async #wait(wait: number, outcome: Outcome): Promise<void> {
    const failed = this.#attempts.at(-1)
    if (failed) failed.wait = wait
    const { response, error } = outcome
    const event = { attempt: this.#attempts.length, wait, ...(response ? { response } : { error }) }
    try {
      await abortable(Promise.resolve(this.#policy.onRetry?.(event)), this.#signal)
      const began = this.#now()
      await sleep(wait, this.#signal)
      this.#earliest = began + wait
    } catch (reason) {
      // There will be no retry after all, so it costs nothing.
      if (this.#budget) this.#budget.succeeded(this.#input, this.#paid)
      throw reason
    }
  }

  #backoff(throttled: boolean): number {
    const wait = this.#policy.backoff({ attempt: this.#attempts.length, throttled })
    if (typeof wait === 'number' && wait >= 0) return wait
    throw new RangeError(`retry: backoff must return a number of milliseconds from 0 on, got ${inWords(wait)}`)
  }

  #deservesAnother(outcome: Outcome): boolean {
    const answer = answerOf(outcome)
    if (answer && this.#policy.statuses.has(answer.status)) return true
    return outcome.response === undefined && this.#policy.errors.has(errorKind(outcome.error))
  }

  #mayRepeat({ response, error }: Outcome): boolean {
    if (this.#policy.methods.has(methodOf(this.#input, this.#init))) return true
    // One that is empty tells a server nothing.
    if (headersOf(this.#input, this.#init).get('idempotency-key')) return true
    return response === undefined && neverSent(error, this.#input, this.#init)
  }

  #stop(reason: StopReason): false {
    this.#stopped = reason
    return false
  }

  /** The last outcome stands; only the caller's own reason goes before an error. */
  #settle(outcome: Outcome): Response {
    const { response, error } = outcome
    if (!response && this.#signal?.aborted) throw this.#signal.reason
    if (this.#attempts.length === this.#policy.attempts && this.#deservesAnother(outcome)) this.#stopped ??= 'attempts'
    this.#record(response ?? error)
    if (response) return response
    throw error
  }

  #record(result: unknown): void {
    const attempts = this.#attempts
    recordAttempts(result, this.#stopped ? { attempts, stopped: this.#stopped } : { attempts })
  }
}
