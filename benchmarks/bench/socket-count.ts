/** What was counted for a path. */
export interface PathCounts {
  readonly requests: number
  /** The sockets that these came over. */
  readonly sockets: number
}

/** How many requests there were to each path, and over how many sockets. */
export class SocketCount {
  readonly #paths = new Map<string, { requests: number; sockets: number; seen: WeakSet<object> }>()

  /** `connection`: what is the same for all requests of a socket. */
  add(path = '', connection: object | undefined = {}): void {
    const counts = this.#paths.get(path) ?? { requests: 0, sockets: 0, seen: new WeakSet() }
    this.#paths.set(path, counts)
    counts.requests += 1
    if (counts.seen.has(connection)) return
    counts.seen.add(connection)
    counts.sockets += 1
  }

  byPath(): Record<string, PathCounts> {
    return Object.fromEntries(
      [...this.#paths].map(([path, { requests, sockets }]) => [path, { requests, sockets }] as const),
    )
  }
}
