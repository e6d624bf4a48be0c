import {
  assertFunction,
  assertOptions,
  type ExchangeEnd,
  type FetchInit,
  type FetchInput,
  inWords,
  type Middleware,
  withoutOption,
  withPerCall,
} from '@steadfetch/core'
import { HookedCall } from './hooked-call.ts'

/** Options of {@link hooks}. Each hook may be async, and is awaited unless it says otherwise. */
export interface HooksOptions {
  /** Before the call. What it returns is sent in place of what the caller gave. */
  onRequest?: (event: RequestEvent) => HookResult<RequestReplacement>
  /** At the response's headers. What it returns is the response that the caller gets. */
  onResponse?: (event: ResponseEvent) => HookResult<Response>
  /** When the call has failed. What it returns is a fallback that the caller gets instead. */
  onError?: (event: ErrorEvent) => HookResult<Response>
  /** When the exchange is over: its body is, or the call has failed. Nobody waits for it. */
  onEnd?: (event: EndEvent) => void | Promise<void>
  /** Counts what is read of the body, so that `onEnd` can tell; that costs a look at every chunk. @default false */
  bytes?: boolean
}

/** What a hook may come to: something in place of what it was told of, or nothing. */
export type HookResult<Value> = Value | undefined | void | Promise<Value | undefined> | Promise<void>

/** What {@link HooksOptions.onRequest} is told: the call as it is. */
export interface RequestEvent {
  readonly input: FetchInput
  /** A copy, its headers too, that cannot be changed or does not change the call; return another one instead. */
  readonly init: Readonly<FetchInit>
}

/** What to send: a `Request` stands for input and init; of the two, one that is absent stays as it was. */
export type RequestReplacement = Request | { readonly input?: FetchInput; readonly init?: FetchInit }

/** What {@link HooksOptions.onResponse} is told: the response, and the call as it was sent. */
export interface ResponseEvent extends RequestEvent {
  readonly response: Response
}

/** What {@link HooksOptions.onError} is told: what the call failed with, and the call as it was sent. */
export interface ErrorEvent extends RequestEvent {
  readonly error: unknown
}

/** What {@link HooksOptions.onEnd} is told: how the exchange ended, and the call as it was sent. */
export interface EndEvent extends RequestEvent, ExchangeEnd {}

/**
 * Calls functions of your own before a fetch, at its response, at its failure, and when its body is over.
 *
 * A hook that throws is what the call fails with, and its response is thrown away. A per-call `{ hooks: { onEnd } }`
 * changes the hooks that it names, for the outermost hooks of a stack; `{ hooks: false }` turns these off.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it.
 */
export function hooks(options: HooksOptions = {}): Middleware<{ hooks?: HooksOptions | false }> {
  assertHooks(options)
  const own = { ...options }
  return (fetch) => {
    assertFunction('hooks: fetch', fetch)
    return async function hooks(input, init) {
      const perCall = init?.hooks
      const rest = withoutOption('hooks', init)
      if (perCall === false) return fetch(input, rest)
      if (perCall !== undefined) assertHooks(perCall)
      const chosen = withPerCall(own, perCall)
      if (!names.some((name) => chosen[name])) return fetch(input, rest)
      // Awaited, so that stack traces show this layer.
      return await new HookedCall(fetch, input, rest, chosen).result()
    }
  }
}

const names = ['onRequest', 'onResponse', 'onError', 'onEnd'] as const

function assertHooks(options: HooksOptions): void {
  assertOptions('hooks', options, [...names, 'bytes'])
  for (const name of names) if (options[name] !== undefined) assertFunction(`hooks: ${name}`, options[name])
  const { bytes } = options
  if (bytes !== undefined && typeof bytes !== 'boolean') {
    throw new TypeError(`hooks: bytes must be true or false, got ${inWords(bytes)}`)
  }
}
