import { inWords } from '@steadfetch/core'
import { Store } from 'tough-cookie'

type Callback = (error: unknown, result?: unknown) => void

/** What a jar needs of a store. */
const methods = [
  'findCookie',
  'findCookies',
  'putCookie',
  'updateCookie',
  'removeCookie',
  'getAllCookies',
  'removeAllCookies',
]

/** What a store may be without: a jar does it by the others. */
const optional = ['updateCookie', 'removeAllCookies']

/** @throws {TypeError} when it is no store. */
export function assertStore(what: string, store: unknown): asserts store is Store {
  const missing = methods.find(
    (name) => !optional.includes(name) && typeof Reflect.get(Object(store), name) !== 'function',
  )
  if (missing === undefined) return
  throw new TypeError(`${what} must be a store of tough-cookie's kind, with ${missing}(), got ${inWords(store)}`)
}

/**
 * The same store, which answers by the callback that it is given even where it can only return promises: tough-cookie
 * would wait for ever.
 */
export function answering(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof name !== 'string' || !methods.includes(name)) return method
      // That of the base class only says that there is none.
      const isThere = typeof method === 'function' && method !== Reflect.get(Store.prototype, name)
      if (isThere) return (...args: unknown[]) => answered(name, method, target, args)
      if (name !== 'updateCookie') return undefined
      return (_: unknown, ...args: unknown[]) => answered('putCookie', target.putCookie, target, args)
    },
  })
}

function answered(name: string, method: CallableFunction, target: Store, args: unknown[]): void {
  const callback = args.findLast((argument) => typeof argument === 'function') as Callback | undefined
  let pending = true
  const answer: Callback = (error, result) => {
    if (!pending) return
    pending = false
    const isOdd = lists.includes(name) && !error && !isList(result)
    callback?.(isOdd ? new TypeError(`cookieJar: store: ${name}() must give a list of cookies`) : error, result)
  }
  try {
    const others = args.filter((argument) => argument !== callback)
    const result: unknown = Reflect.apply(method, target, [...others, answer])
    if (isPromise(result))
      result.then(
        (value) => answer(null, value),
        (error: unknown) => answer(error ?? new Error('no reason')),
      )
  } catch (error) {
    answer(error)
  }
}

const lists = ['findCookies', 'getAllCookies']

/** Nothing is a list without members. */
function isList(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) && value.every((member) => typeof member === 'object' && member !== null)
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** What a store answers with. */
export function asked<Answer>(
  ask: (callback: (error: unknown, answer?: Answer) => void) => void,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer)))
  })
}
