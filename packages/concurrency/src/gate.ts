import { Line, onAbort, type Place, startTimer } from '@steadfetch/core'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Patience, Waiting } from './patience.ts'
import { QueueFullError, type QueueFullReason } from './queue-full-error.ts'

/** Gives the slot that it stands for back; safe to call more than once. */
export type Release = () => void

/** How a call waits. */
export interface Wait {
  readonly signal: AbortSignal | undefined
  /** In milliseconds. */
  readonly queueTimeout: number
}

interface Waiter extends Waiting {
  readonly enter: (release: Release) => void
  readonly fail: (reason: unknown) => void
  place: Place<Waiter> | undefined
  forgetSignal: (() => void) | undefined
  forgetTime: (() => void) | undefined
}

/**
 * The limit of one key. p-limit counts the slots and says when one is free; who gets it is decided here, because a task
 * that p-limit has queued cannot leave again: it has one of ours at most, which takes whoever is first when it is run.
 */
export class Gate {
  readonly #key: string
  readonly #slots: LimitFunction
  readonly #queue: number
  readonly #patience: Patience
  readonly #waiters = new Line<Waiter>()
  /** Those of them that came when the queue was full. */
  readonly #surplus: Waiter[] = []
  #held = 0

  constructor(key: string, { limit, queue, patience }: { limit: number; queue: number; patience: Patience }) {
    this.#key = key
    this.#slots = pLimit(limit)
    this.#queue = queue
    this.#patience = patience
  }

  /** Exchanges under way. */
  get active(): number {
    return this.#held
  }

  get queued(): number {
    return this.#waiters.size
  }

  /** Lower than what is under way, it lets that finish. */
  set limit(limit: number) {
    this.#slots.concurrency = limit
  }

  /** A slot, where one is free and nobody waits for it. */
  tryEnter(): Release | undefined {
    const { activeCount, pendingCount, concurrency } = this.#slots
    if (activeCount >= concurrency || pendingCount > 0 || this.#waiters.size > 0) return undefined
    const { over, release } = this.#take()
    // It counts as active from this moment on, although p-limit runs it a moment later.
    void this.#slots(() => over)
    return release
  }

  /** A slot, when it is this call's turn. */
  enter({ signal, queueTimeout }: Wait): Promise<Release> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((enter, fail) => {
      const waiter: Waiter = {
        since: performance.now(),
        enter,
        fail,
        expired: () => this.#refuse(waiter, 'timeout', queueTimeout),
        place: undefined,
        forgetSignal: undefined,
        forgetTime: undefined,
      }
      waiter.forgetSignal = signal && onAbort(signal, () => this.#leave(waiter).fail(signal.reason))
      waiter.forgetTime = this.#patience.add(waiter, queueTimeout)
      waiter.place = this.#waiters.join(waiter)
      if (this.#waiters.size > this.#queue) this.#tooMany(waiter)
      this.#askForTurn()
    })
  }

  /** Refuses all who wait. */
  close(): void {
    for (let { first } = this.#waiters; first; first = this.#waiters.first) this.#refuse(first.value, 'closed')
  }

  #askForTurn(): void {
    if (this.#slots.pendingCount === 0) void this.#slots(this.#turn)
  }

  /** A slot is free: the task lasts for as long as it is held. */
  readonly #turn = (): Promise<void> | undefined => {
    const { first } = this.#waiters
    // The limit may have been lowered since the slot was given out.
    const taken = first && this.#held < this.#slots.concurrency ? this.#take() : undefined
    if (first && taken) this.#leave(first.value).enter(taken.release)
    if (this.#waiters.size > 0) this.#askForTurn()
    return taken?.over
  }

  #take(): { over: Promise<void>; release: Release } {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    this.#held += 1
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      this.#held -= 1
      resolve()
    }
    return { over, release }
  }

  #leave(waiter: Waiter): Waiter {
    if (waiter.place) this.#waiters.leave(waiter.place)
    waiter.forgetSignal?.()
    waiter.forgetTime?.()
    return waiter
  }

  #refuse(waiter: Waiter, reason: QueueFullReason, least = 0): void {
    const waited = Math.max(least, Math.round(performance.now() - waiter.since))
    this.#leave(waiter).fail(this.refusal(reason, waited))
  }

  /** Why a call is not made. */
  refusal(reason: QueueFullReason, waited = 0): QueueFullError {
    const { concurrency: limit } = this.#slots
    const queued = Math.min(this.#waiters.size, this.#queue)
    return new QueueFullError({ origin: this.#key, reason, limit, queued, waited })
  }

  /**
   * The end of a body is seen a tick after its reader has seen it: whoever reads one call's body and makes the next
   * must not be refused for that. So the queue is looked at again before anyone is.
   */
  #tooMany(waiter: Waiter): void {
    this.#surplus.push(waiter)
    if (this.#surplus.length === 1) startTimer(0, () => this.#refuseSurplus())
  }

  /** The last to come are the first to go. */
  #refuseSurplus(): void {
    for (const waiter of this.#surplus.splice(0).reverse()) {
      if (this.#waiters.size > this.#queue && waiter.place?.taken) this.#refuse(waiter, 'full')
    }
  }
}
