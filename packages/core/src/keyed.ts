import { inWords } from './assert.ts'
import { urlOf } from './call.ts'
import type { FetchInput } from './fetch.ts'

/** What a layer keeps its state apart by: the origin of the URL, not at all, or a name of your own. */
export type Per = 'origin' | 'global' | ((url: URL) => string)

/**
 * The key of a call; a URL that is none has the empty one.
 *
 * @throws {TypeError} when a function made no string of the URL: state by another key would be one for every call.
 * `what` names the layer.
 */
export function keyOf(what: string, per: Per, input: FetchInput): string {
  if (per === 'global') return ''
  if (per === 'origin' && typeof input === 'string') {
    const plain = plainOrigin.exec(input)
    if (plain) return plain[0]
  }
  const url = urlOf(input)
  if (url === undefined) return ''
  return per === 'origin' ? url.origin : keyFrom(what, per(url))
}

/**
 * An origin in the way that a URL is written most often, which is that of `URL.origin` already: parsing it takes as long as
 * the rest of a layer. Not with a host or a port that could be written otherwise.
 */
const plainOrigin = ((): RegExp => {
  const label = '[a-z](?:(?:[a-z0-9]|-(?!-))*[a-z0-9])?'
  const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
  const host = `(?:${label}(?:\\.${label})*|${octet}(?:\\.${octet}){3})`
  const port = '(?::(?!(?:80|443)(?!\\d))(?:[1-5]\\d{4}|[1-9]\\d{0,3}))?'
  return new RegExp(`^https?://${host}${port}(?=[/?#]|$)`)
})()

function keyFrom(what: string, key: unknown): string {
  if (typeof key === 'string') return key
  const isPromise = typeof key === 'object' && key !== null && 'then' in key
  throw new TypeError(`${what}: per must return a string, got ${isPromise ? 'a promise' : inWords(key)}`)
}

/**
 * The key of a URL that somebody asks a handle about.
 *
 * @throws {TypeError} when it is no URL, which would be taken for a key of its own; `what` names the handle.
 */
export function keyOfUrl(what: string, per: Per, url: FetchInput): string {
  if (per === 'global' || urlOf(url) !== undefined) return keyOf(what, per, url)
  throw new TypeError(`${what}: a URL with its scheme is needed, as in 'https://api.example.com', got ${inWords(url)}`)
}

/** @throws {TypeError} when `per` is none; `what` names it, as in `retry: budget.per`. */
export function assertPer(what: string, per: unknown): void {
  if (per !== 'origin' && per !== 'global' && typeof per !== 'function') {
    throw new TypeError(`${what} must be 'origin', 'global' or a function of the URL`)
  }
}

/** Options of {@link Keyed}. */
export interface KeyedOptions<State> {
  /** How many keys have state at most, apart from those in use. @default 1000 */
  most?: number
  /** Told of a state that was let go. */
  evicted?: (state: State) => void
  /** Whether a state must not make room for another now. @default none is in use */
  inUse?: (state: State) => boolean
}

/** State by key, for so many keys at most: the one that was not used for the longest time makes room. */
export class Keyed<State> {
  readonly #entries = new Map<string, State>()
  readonly #create: (key: string) => State
  readonly #evicted: ((state: State) => void) | undefined
  readonly #inUse: ((state: State) => boolean) | undefined
  readonly #most: number
  /** The key that was used last, which is the last entry already. */
  #newest: string | undefined

  constructor(create: (key: string) => State, { most = 1000, evicted, inUse }: KeyedOptions<State> = {}) {
    this.#create = create
    this.#most = most
    this.#evicted = evicted
    this.#inUse = inUse
  }

  /** How many keys have state. */
  get size(): number {
    return this.#entries.size
  }

  /** The state of a key, made on first use. */
  of(key: string): State {
    const known = this.peek(key)
    if (known !== undefined && key === this.#newest) return known
    const state = known ?? this.#createWithRoom(key)
    this.#entries.delete(key)
    this.#entries.set(key, state)
    this.#newest = key
    return state
  }

  /** Every state, the one that was not used for the longest time first. */
  values(): Iterable<State> {
    return this.#entries.values()
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

  #createWithRoom(key: string): State {
    const state = this.#create(key)
    // Two looks are enough for a table to shrink again that many keys in use have made grow, and are never many.
    for (let looks = 0; looks < 2 && this.#entries.size >= this.#most; looks += 1) this.#makeRoom()
    return state
  }

  /** The oldest key goes; where it is in use, that is a use. */
  #makeRoom(): void {
    const [oldest] = this.#entries
    if (oldest === undefined) return
    const [key, state] = oldest
    if (this.#inUse?.(state)) {
      this.#entries.delete(key)
      this.#entries.set(key, state)
      this.#newest = key
    } else this.delete(key)
  }
}
