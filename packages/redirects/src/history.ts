/** A redirect that was followed. */
export interface Redirect {
  /** 301, 302, 303, 307 or 308. */
  readonly status: number
  /** The URL that answered with the redirect. */
  readonly from: string
  /** The URL that it led to. */
  readonly to: string
  /** The method that the next request has, which may be a GET in place of another one. */
  readonly method: string
}

const histories = new WeakMap<object, readonly Redirect[]>()

/**
 * The redirects that led to a response, the first one first: none, where it was not redirected, where the platform has
 * followed by itself, and where a layer in between has replaced the object.
 */
export function historyOf(response: Response): readonly Redirect[] {
  return histories.get(response) ?? []
}

/** Makes a response, and every clone of it, tell that it was redirected, and how, as the platform's own would. */
export function withHistory(response: Response, history: readonly Redirect[]): Response {
  histories.set(response, Object.freeze(history))
  const { clone } = response
  // Not every platform's types know of all of them.
  const type: string = response.type
  const leftOrigin = history.some(({ from, to }) => URL.parse(from)?.origin !== URL.parse(to)?.origin)
  Object.defineProperties(response, {
    redirected: { value: true, configurable: true },
    type: { value: leftOrigin && type === 'basic' ? 'cors' : type, configurable: true },
    clone: { value: () => withHistory(clone.call(response), history), configurable: true, writable: true },
  })
  return response
}
