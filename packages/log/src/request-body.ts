import { type FetchInit, type FetchInput, isRequest } from '@steadfetch/core'

/** The body of a call: its bytes, or in words why they cannot be had. */
export type RequestBody =
  | { readonly bytes: Uint8Array; readonly type?: string | undefined }
  | { readonly missing: string }

/** What is shown of a body at most, in bytes. */
const most = 1024 * 1024

const bodiless = /^(GET|HEAD)$/i

/** The body of a call, which is not used up by it, with the type that the platform would give it. */
export async function requestBody(input: FetchInput, init: FetchInit | undefined): Promise<RequestBody | undefined> {
  const body = init?.body ?? undefined
  if (body !== undefined) {
    if (typeof body === 'object' && ('getReader' in body || Symbol.asyncIterator in body)) return { missing: 'stream' }
    const carrier = new Response(ofThisRealm(body) as ConstructorParameters<typeof Response>[0])
    return limited(carrier, carrier.headers.get('content-type') ?? undefined)
  }
  if (!isRequest(input) || input.body === null || bodiless.test(input.method)) return undefined
  return input.bodyUsed || input.body?.locked ? { missing: 'used' } : limited(input.clone())
}

async function limited(carrier: Request | Response, type?: string): Promise<RequestBody> {
  const reader = carrier.body?.getReader()
  if (!reader) return { bytes: new Uint8Array(await carrier.arrayBuffer()), type }
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return { bytes: new Uint8Array(await new Blob(chunks).arrayBuffer()), type }
    size += value.byteLength
    chunks.push(new Uint8Array(value))
    if (size <= most) continue
    // Not awaited: one branch of a clone waits for the other.
    reader.cancel().catch(() => {})
    return { missing: 'more-than-1-MiB' }
  }
}

/** A `FormData` of another realm, such as npm undici's, is none to this realm's `Response`. */
function ofThisRealm(body: unknown): unknown {
  const isForm = Object.prototype.toString.call(body) === '[object FormData]'
  if (!isForm || body instanceof FormData) return body
  const form = new FormData()
  for (const [name, value] of body as Iterable<[string, string & Blob]>) form.append(name, value)
  return form
}
