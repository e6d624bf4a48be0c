import { assertOptions, type FetchInit, type FetchInput, inWords } from '@steadfetch/core'
import type { RecordedCall } from './recorded-call.ts'

/** A reply put together: a status with headers, and a body that is JSON. */
export interface ReplyParts {
  /** @default 200 */
  status?: number
  headers?: ConstructorParameters<typeof Headers>[0]
  /** Anything that JSON can say. @default none: a small text */
  json?: unknown
}

/** Makes the response to a call, a new one each time; any fetch is such a function. */
export type ReplyFunction = (input: FetchInput, init?: FetchInit) => Response | Promise<Response>

/**
 * What a call comes to: a status, its parts, a `Response` whose body has an end (every call gets one like it), an error
 * to reject with, a function, or `'hang'`, which does not settle before the call's signal aborts.
 */
export type Reply = number | ReplyParts | Response | Error | 'hang' | ReplyFunction

/** A reply that does not run out; made by {@link always}. */
export class Always {
  readonly reply: Reply

  constructor(reply: Reply) {
    this.reply = reply
  }
}

/** The last of a script: the reply to every further call, as in `replies(503, always(200))`. */
export function always(reply: Reply): Always {
  return new Always(reply)
}

/** A reply that has been checked. */
export interface PreparedReply {
  /** Whether it reads the call itself. */
  readonly reads: boolean
  to(call: RecordedCall): Promise<Response>
}

const kinds = 'a status, { status, headers, json }, a Response, an Error, "hang" or a function'
const bodiless = [204, 205, 304]

/**
 * Checks a reply, and gets it ready to be given more than once.
 *
 * @param what how to name it, as in `replies: reply 2`.
 * @throws {TypeError | RangeError} that names it, when it is none.
 */
export function prepareReply(what: string, reply: Reply): PreparedReply {
  if (typeof reply === 'number') return made(partsOf(what, { status: reply }))
  if (reply === 'hang') return { reads: false, to: () => new Promise(() => {}) }
  if (typeof reply === 'function') return { reads: true, to: (call) => called(what, reply, call) }
  if (typeof reply !== 'object' || reply === null || Array.isArray(reply)) {
    throw new TypeError(`${what} must be ${kinds}, got ${inWords(reply)}`)
  }
  if (reply instanceof Always) throw new TypeError(`${what} is always() within always()`)
  if (isError(reply)) return { reads: false, to: () => Promise.reject(reply) }
  return made(isResponse(reply) ? likenessOf(what, reply) : partsOf(what, reply))
}

/** A reply that is made anew each time, when the body of the call has been sent. */
function made(make: () => Response | Promise<Response>): PreparedReply {
  const to = async (call: RecordedCall): Promise<Response> => {
    await call.text()
    return withUrl(call.url, await make())
  }
  return { reads: false, to }
}

async function called(what: string, reply: ReplyFunction, { input, init, url }: RecordedCall): Promise<Response> {
  const response = await reply(input, init)
  if (typeof response !== 'object' || response === null) {
    throw new TypeError(`${what} must return a Response, got ${inWords(response)}`)
  }
  return response.url === '' ? withUrl(url, response) : response
}

function partsOf(what: string, parts: ReplyParts): () => Response {
  assertOptions(what, parts, ['status', 'headers', 'json'])
  const { status = 200, json } = parts
  assertStatus(what, status)
  const isBodiless = bodiless.includes(status)
  if (isBodiless && json !== undefined) throw new TypeError(`${what} can have no body with status ${status}`)
  try {
    const headers = new Headers(parts.headers)
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
    const body = json === undefined ? `status ${status}` : textOf(json)
    return () => new Response(isBodiless ? null : body, { status, headers })
  } catch (error) {
    throw new TypeError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function textOf(json: unknown): string {
  const text: string | undefined = JSON.stringify(json)
  if (text === undefined) throw new TypeError(`json must be something that JSON can say, got ${inWords(json)}`)
  return text
}

/** Not clones: cancelling one of them waits for the other. */
function likenessOf(what: string, response: Response): () => Promise<Response> {
  assertStatus(what, response.status)
  if (response.bodyUsed || response.body?.locked) throw new TypeError(`${what} is a Response that has been read`)
  const { status, statusText, headers } = response
  const kept = response.clone()
  let bytes: Promise<ArrayBuffer> | undefined
  return async () => {
    bytes ??= kept.arrayBuffer()
    return new Response(kept.body === null ? null : await bytes, { status, statusText, headers })
  }
}

function assertStatus(what: string, status: unknown): void {
  if (!Number.isInteger(status) || Number(status) < 200 || Number(status) > 599) {
    throw new RangeError(`${what} must have a status from 200 to 599, got ${inWords(status)}`)
  }
}

/** The response as a fetch of that URL gives it: its clones have the URL too. */
function withUrl(url: string, response: Response): Response {
  const clone = response.clone.bind(response)
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    clone: { value: () => withUrl(url, clone()), configurable: true },
  })
}

/** An error of any realm, as test runners have more than one. */
function isError(value: object): value is Error {
  return value instanceof Error || /^\[object (Error|DOMException)\]$/.test(Object.prototype.toString.call(value))
}

function isResponse(value: object): value is Response {
  return 'clone' in value && 'status' in value && 'headers' in value
}
