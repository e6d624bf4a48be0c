import { isRequest, withInit } from './call.ts'
import type { FetchInit, FetchInput } from './fetch.ts'
import { createNotes } from './notes.ts'

/** What was copied here is nobody's to change, and need not be copied by the next layer. */
const copies = createNotes<object, true>()

/**
 * The URL of a call as it is now. The platform reads a call before its `fetch` returns, and whoever made it may go on to
 * change its URL, headers or body for the next one. So a layer that sends later, or more than once, keeps what it was.
 */
export function inputAsMade(input: FetchInput): FetchInput {
  return typeof input === 'object' && input !== null && !isRequest(input) ? String(input) : input
}

/** The rest of a call as it is now: a copy, with a copy of headers and of a body that could be changed. */
export function initAsMade<Init extends FetchInit>(init: Init | undefined): Init | undefined {
  if (init === undefined || init === null) return init
  const { headers, body } = init
  const changes: FetchInit = {}
  if (headers) changes.headers = copied(headers, copyOfHeaders)
  if (body) changes.body = copied(body, copyOfBody)
  return withInit(init, changes)
}

function copied<Value>(value: Value, copyOf: (value: Value & object) => Value): Value {
  if (typeof value !== 'object' || value === null || copies.get(value)) return value
  const copy = copyOf(value)
  if (copy !== value && typeof copy === 'object' && copy !== null) copies.set(copy, true)
  return copy
}

/** In the form that they were given in: names in an object go over the wire as they are written. */
function copyOfHeaders(headers: NonNullable<FetchInit['headers']>): NonNullable<FetchInit['headers']> {
  if ('append' in headers) return new Headers(headers)
  if (Symbol.iterator in headers) return Array.from(headers, (pair) => [...pair] as [string, string])
  return { ...headers }
}

/** What is no more than a text, or a stream, stays what it is. */
function copyOfBody(body: NonNullable<FetchInit['body']>): NonNullable<FetchInit['body']> {
  if (isPlain(body, URLSearchParams)) return new URLSearchParams(body)
  if (isPlain(body, FormData)) return copyOfForm(body)
  if (isPlain(body, ArrayBuffer)) return body.slice(0)
  if (!ArrayBuffer.isView(body) || !(body.buffer instanceof ArrayBuffer)) return body
  return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
}

/** Not of a class of somebody's own, whose copy would be less than it is. */
function isPlain<Instance>(value: unknown, { prototype }: { readonly prototype: Instance }): value is Instance {
  return Object.getPrototypeOf(value) === prototype
}

function copyOfForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value)
  }
  return copy
}
