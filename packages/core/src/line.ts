/** Somebody's place in a {@link Line}. */
export interface Place<Value> {
  readonly value: Value
  before: Place<Value> | undefined
  after: Place<Value> | undefined
  /** Whether it is in the line still. */
  taken: boolean
}

/**
 * First come, first served, and whoever wants to leaves. A `Set` would do the same, but slowly: to find its first it
 * walks past all who have left before.
 */
export class Line<Value> {
  #first: Place<Value> | undefined
  #last: Place<Value> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get first(): Place<Value> | undefined {
    return this.#first
  }

  /** To the end of the line. */
  join(value: Value): Place<Value> {
    const place: Place<Value> = { value, before: this.#last, after: undefined, taken: true }
    if (this.#last) this.#last.after = place
    else this.#first = place
    this.#last = place
    this.#size += 1
    return place
  }

  /** Does nothing when it has been left already. */
  leave(place: Place<Value>): void {
    if (!place.taken) return
    place.taken = false
    this.#size -= 1
    const { before, after } = place
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // A place that somebody still knows of must not hold those who were around it.
    place.before = undefined
    place.after = undefined
  }
}
