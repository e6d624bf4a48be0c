/** A call was not made, because too many before it have failed. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError'
  /** What the circuit is for: the origin, or the key that `per` has made of the URL. */
  readonly origin: string
  /** When a call may be worth its while again, in milliseconds since the epoch; `Infinity` while it is isolated. */
  readonly retryAt: number

  constructor(origin: string, retryAt: number) {
    const until = new Date(retryAt).toJSON() ?? 'it is closed by hand'
    super(`circuit-breaker: the circuit of ${origin === '' ? 'all calls' : origin} is open until ${until}`)
    this.origin = origin
    this.retryAt = retryAt
  }
}
