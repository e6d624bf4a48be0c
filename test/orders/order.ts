import { type LayerName, layerNames } from './layers.ts'

/** Layers of a stack, the outermost first. */
export type Order = readonly LayerName[]

/** Every order of so many of the layers. */
export function ordersOf(length: number, names: Order = layerNames): Order[] {
  if (length === 0) return [[]]
  return names.flatMap((first) =>
    ordersOf(
      length - 1,
      names.filter((name) => name !== first),
    ).map((rest) => [first, ...rest]),
  )
}

/** Every pair and every triple. */
export const shortOrders: readonly Order[] = [...ordersOf(2), ...ordersOf(3)]

/** Of the triples, of which a further layer makes hundreds more, how many parts there are for as many turns. */
const turns = 4

/**
 * Every pair, and those triples whose turn it is: a test whose cases take turns meets every triple, a part of them in
 * each case. With `ORDERS=every` each case meets all of them.
 */
export function shortOrdersInTurn(turn: number): readonly Order[] {
  if (process.env.ORDERS === 'every') return shortOrders
  return [...ordersOf(2), ...ordersOf(3).filter((_, index) => index % turns === turn % turns)]
}

/** Whether both are there, and `outer` is further out than `inner`. */
export function isOutside(order: Order, outer: LayerName, inner: LayerName): boolean {
  return order.includes(outer) && order.indexOf(outer) < order.indexOf(inner)
}
