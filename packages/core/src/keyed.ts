import { urlOf } from './call.ts'
import type { FetchInput } from './fetch.ts'

/** What a layer keeps its state apart by: the origin of the URL, not at all, or a name of your own. */
export type Per = 'origin' | 'global' | ((url: URL) => string)

/** The key of a call; a URL that is none has the empty one. */
export function keyOf(per: Per, input: FetchInput): string {
  if (per === 'global') return ''
  const url = urlOf(input)
  if (url === undefined) return ''
  return per === 'origin' ? url.origin : per(url)
}

/** @throws {TypeError} when `per` is none; `what` names it, as in `retry: budget.per`. */
export function assertPer(what: string, per: unknown): void {
  if (per !== 'origin' && per !== 'global' && typeof per !== 'function') {
    throw new TypeError(`${what} must be 'origin', 'global' or a function of the URL`)
  }
}

/** State by key, for so many keys at most: the one that was not used for the longest time makes room. */
export class Keyed<State> {
  readonly #entries = new Map<string, State>()
  readonly #create: (key: string) => State
  readonly #evicted: ((state: State) => void) | undefined
  readonly #most: number

  constructor(
    create: (key: string) => State,
    { most = 1000, evicted }: { most?: number; evicted?: (state: State) => void } = {},
  ) {
    this.#create = create
    this.#most = most
    this.#evicted = evicted
  }

  /** How many keys have state. */
  get size(): number {
    return this.#entries.size
  }

  /** The state of a key, made on first use. */
  of(key: string): State {
    const state = this.peek(key) ?? this.#create(key)
    this.#entries.delete(key)
    this.#entries.set(key, state)
    if (this.#entries.size > this.#most) this.#evictOldest()
    return state
  }

  /** The state of a key that has one. */
  peek(key: string): State | undefined {
    return this.#entries.get(key)
  }

  /** Forgets a key. */
  delete(key: string): void {
    const state = this.peek(key)
    if (this.#entries.delete(key) && state !== undefined) this.#evicted?.(state)
  }

  /** Forgets every key. */
  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key)
  }

  #evictOldest(): void {
    const { value: oldest } = this.#entries.keys().next()
    if (oldest !== undefined) this.delete(oldest)
  }
}
