import { CircuitOpenError } from './circuit-open-error.ts'
import { Generation } from './generation.ts'
import { type Moment, millisecondsSince, momentAgo } from './moment.ts'
import type { Verdict } from './verdict.ts'

/**
 * `closed`: calls are made. `open`: none is. `half-open`: one is, to see how it goes. `isolated`: none is, until
 * somebody says so.
 */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'isolated'

/** When a circuit opens, and for how long. Durations are in milliseconds. */
export interface Thresholds {
  readonly failureRate: number
  readonly minimumCalls: number
  readonly window: number
  readonly failuresInARow: number
  readonly openTime: number
  readonly maxOpenTime: number
}

/** Leave to make a call: the era that it was given in. A verdict on a call of an earlier one is not heard. */
export type Permit = number

/** The circuit of one key. */
export class Circuit {
  readonly #key: string
  readonly #thresholds: Thresholds
  readonly #changed: (from: CircuitState, to: CircuitState, retryAt: number | undefined) => void
  #generation: Generation
  #state: CircuitState = 'closed'
  /** Counts the changes of state, and the probes. */
  #era = 0
  #failuresInARow = 0
  /** How often it has opened since it was last closed. */
  #openings = 0
  #retryAt = 0
  #probeBegan: Moment | undefined

  constructor(
    key: string,
    thresholds: Thresholds,
    changed: (from: CircuitState, to: CircuitState, retryAt: number | undefined) => void,
  ) {
    this.#key = key
    this.#thresholds = thresholds
    this.#changed = changed
    this.#generation = this.#newGeneration()
  }

  get state(): CircuitState {
    return this.#state
  }

  /** @throws {CircuitOpenError} when the call must not be made. */
  admit(): Permit {
    // Its timer may be late, or stand still where processes are frozen between calls; the clock decides.
    if (this.#state === 'open' && Date.now() >= this.#retryAt) this.#change('half-open')
    if (this.#state === 'isolated') throw new CircuitOpenError(this.#key, Number.POSITIVE_INFINITY)
    if (this.#state === 'open') throw new CircuitOpenError(this.#key, this.#retryAt)
    if (this.#state === 'half-open') this.#beginProbe()
    return this.#era
  }

  /**
   * Tells what came of a call. Without a verdict, as when its caller has lost interest, it is as if it had not been.
   *
   * @param retryAfter how long the server asks to be left alone, in milliseconds.
   * @returns leave to go on with what is left of the call, its body.
   */
  settle(permit: Permit, verdict: Verdict | undefined, retryAfter = 0): Permit {
    if (permit !== this.#era) return permit
    this.#probeBegan = undefined
    if (verdict === 'failure') this.#failed(retryAfter)
    else if (verdict !== undefined && this.#state === 'half-open') this.reset()
    else if (verdict === 'success') this.#succeeded()
    return this.#era
  }

  /** Makes no more calls until {@link reset}. */
  isolate(): void {
    this.#generation.end()
    this.#change('isolated')
  }

  /** Closes it, with an empty window. */
  reset(): void {
    this.#renew()
    this.#failuresInARow = 0
    this.#openings = 0
    this.#change('closed')
  }

  /** Ends its timer, and hears of nothing any more. */
  end(): void {
    this.#era += 1
    this.#generation.end()
  }

  #beginProbe(): void {
    const wait = this.#probeBegan ? this.#generation.openTime - millisecondsSince(this.#probeBegan) : 0
    if (wait > 0) throw new CircuitOpenError(this.#key, Math.ceil(Date.now() + wait))
    // A probe that takes longer than the circuit was open is given up on, and not listened to any more.
    this.#era += 1
    this.#probeBegan = momentAgo(0)
  }

  #succeeded(): void {
    this.#failuresInARow = 0
    this.#generation.succeeded()
  }

  #failed(retryAfter: number): void {
    this.#failuresInARow += 1
    const { openTime, maxOpenTime, failuresInARow } = this.#thresholds
    const jittered = Math.min(maxOpenTime, openTime * 2 ** this.#openings) * (0.8 + 0.4 * Math.random())
    const asked = Math.max(jittered, Math.min(retryAfter, maxOpenTime))
    if (this.#state === 'half-open') this.#renew()
    if (this.#state === 'half-open' || this.#failuresInARow >= failuresInARow) this.#generation.open(asked)
    else this.#generation.failed(asked)
  }

  #renew(): void {
    this.#generation.end()
    this.#generation = this.#newGeneration()
  }

  #newGeneration(): Generation {
    const opens = (): void => {
      this.#openings += 1
      this.#retryAt = Math.ceil(Date.now() + this.#generation.openTime)
      this.#change('open', this.#retryAt)
    }
    const halfOpens = (): void => {
      if (this.#state === 'open') this.#change('half-open')
    }
    return new Generation(this.#thresholds, opens, halfOpens)
  }

  #change(to: CircuitState, retryAt?: number): void {
    const from = this.#state
    this.#era += 1
    this.#state = to
    this.#probeBegan = undefined
    if (from !== to) this.#changed(from, to, retryAt)
  }
}
