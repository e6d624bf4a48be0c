import {
  DerivedSignal,
  deadlineOf,
  type FetchInit,
  type FetchInput,
  inWords,
  isRequest,
  onAbort,
  signalOf,
  withInit,
  withoutOption,
} from '@steadfetch/core'

/** A call as it goes inward. */
export interface SentRequest<Options> {
  readonly input: FetchInput
  readonly init: (FetchInit & Options) | undefined
  /** To be called when the exchange is over; absent where nothing was set up for it. */
  readonly release?: () => void
}

/** What a `Request` has taken out of the `init` that it was made with. */
const membersOfRequest = [
  ...['body', 'cache', 'credentials', 'duplex', 'headers', 'integrity', 'keepalive', 'method', 'mode', 'priority'],
  ...['redirect', 'referrer', 'referrerPolicy', 'signal', 'window'],
]

/**
 * The call that a hook wants in place of the one given. Whatever it wants, the caller's signal stays in force, beside a
 * signal that it may have brought along.
 *
 * @throws {TypeError} when it is no replacement.
 */
export function replacedRequest<Options>(
  replacement: unknown,
  { input, init }: SentRequest<Options>,
  signal: AbortSignal | undefined,
): SentRequest<Options> {
  if (typeof replacement !== 'object' || replacement === null) refuse(replacement)
  const asInput = replacement as FetchInput
  if (isRequest(asInput) && typeof asInput.url === 'string')
    return following({ input: asInput, init: init && beside(init) }, signal)
  if (!('input' in replacement || 'init' in replacement)) refuse(replacement)
  const parts = replacement as { readonly input?: FetchInput; readonly init?: FetchInit & Options }
  if (parts.init !== undefined && typeof parts.init !== 'object') {
    throw new TypeError(`hooks: onRequest must return an init that is an object, got ${inWords(parts.init)}`)
  }
  return following({ input: parts.input ?? input, init: withoutOption('hooks', parts.init) ?? init }, signal)
}

function refuse(replacement: unknown): never {
  throw new TypeError(`hooks: onRequest must return a Request, { input, init } or nothing, got ${inWords(replacement)}`)
}

/** What of an `init` does not go into a `Request`: the options of other layers, and of the platform's own. */
function beside<Init extends FetchInit>(init: Init): Init {
  const rest = withInit(init, {})
  for (const member of membersOfRequest) Reflect.deleteProperty(rest, member)
  return rest
}

function following<Options>(sent: SentRequest<Options>, signal: AbortSignal | undefined): SentRequest<Options> {
  const { input, init } = sent
  const brought = signalOf(input, init)
  if (signal === undefined || brought === signal) return sent
  if (brought === undefined) return { input, init: withInit(init, { signal }) }
  const both = new DerivedSignal(input, init, deadlineOf(signal))
  const stop = onAbort(signal, () => both.abort(signal.reason))
  const release = (): void => {
    stop()
    both.release()
  }
  return { input, init: withInit(init, { signal: both.signal }), release }
}
