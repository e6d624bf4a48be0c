/** What the platform's `fetch` takes as its first argument: a string, a `URL` or a `Request`. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0]

/** What the platform's `fetch` takes as its second argument: `RequestInit`, as this platform's types know it. */
export type FetchInit = NonNullable<Parameters<typeof globalThis.fetch>[1]>

/**
 * The call signature of the platform's `fetch`, plus the per-call options of the layers in it.
 * Assignable to `typeof fetch` under DOM, Node and Workers types.
 */
export type Fetch<Options = object> = (input: FetchInput, init?: FetchInit & Options) => Promise<Response>

/**
 * Takes a `fetch` and gives one back that accepts `Options` per call too.
 * A plain function from `fetch` to `fetch` is a middleware as well.
 */
export type Middleware<Options = object> = <Inner>(fetch: Fetch<Inner>) => Fetch<Inner & Options>
