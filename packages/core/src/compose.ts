import { assertFunction } from './assert.ts'
import type { Fetch, Middleware } from './fetch.ts'

type AnyMiddleware = (fetch: Fetch) => Fetch

type OptionsOf<Layer> = Layer extends (fetch: Fetch) => Fetch<infer Options> ? Options : never

/** As the parameter of a function it is the union's intersection; the layers may be a list of unknown length. */
type Accepting<Layer> = Layer extends unknown ? (options: OptionsOf<Layer>) => void : never

type OptionsOfAll<Layers extends readonly unknown[]> =
  Accepting<Layers[number]> extends (options: infer Options) => void ? Options : object

/**
 * Stacks middleware: `compose(a, b, c)(fetch)` is `a(b(c(fetch)))`. Read it top to bottom; the first is outermost.
 * The result is a middleware again, and its fetch accepts exactly the per-call options of the layers in it.
 *
 * @throws {TypeError} at once, when an argument is not a function.
 */
export function compose<const Layers extends readonly AnyMiddleware[]>(
  ...layers: Layers
): Middleware<OptionsOfAll<Layers>> {
  for (const [position, layer] of layers.entries()) assertFunction(`compose: argument ${position + 1}`, layer)
  return function stack<Inner>(fetch: Fetch<Inner>): Fetch<Inner & OptionsOfAll<Layers>> {
    assertFunction('compose: fetch', fetch)
    const wrap = (inner: Fetch, layer: AnyMiddleware, position: number): Fetch => {
      const outer = layer(inner)
      const what = `compose: what argument ${position + 1} returns`
      if (isPromise(outer)) {
        // Of a call with a function for a URL.
        outer.then(undefined, () => {})
        throw new TypeError(`${what} must be a function, got a promise: is it a fetch, where a middleware is needed?`)
      }
      assertFunction(what, outer)
      return outer
    }
    // What each layer accepts is known to the types of the whole, not of every step.
    return layers.reduceRight(wrap, fetch as Fetch) as Fetch<Inner & OptionsOfAll<Layers>>
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
