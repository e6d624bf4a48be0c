/** The middle of some values, and the middle half of them. */
export interface Spread {
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** The quartiles; NaN where there are no values. */
export function spread(values: readonly number[]): Spread {
  return { lower: quantile(values, 0.25), median: quantile(values, 0.5), upper: quantile(values, 0.75) }
}

/** The value that a share of all values is not above, interpolated between its neighbours; NaN where there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [below = Number.NaN, above = below] = sorted.slice(Math.floor(position), Math.floor(position) + 2)
  return below + (above - below) * (position % 1)
}
