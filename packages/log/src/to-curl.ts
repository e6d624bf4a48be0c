import { assertOptions, type FetchInit, type FetchInput, headersOf, inWords, isRequest, urlOf } from '@steadfetch/core'
import { redactBody } from './redact-body.ts'
import { assertRedact, Redaction, type RedactOptions } from './redaction.ts'
import { requestBody } from './request-body.ts'
import { isPlain, printfFormat, quoted } from './shell.ts'

/** Options of {@link toCurl}. */
export interface ToCurlOptions {
  /** `false` for a command that works as it is, secrets and all. @default true */
  redact?: boolean | RedactOptions
}

/** What one word of a command may have at the most, with some room, in characters. */
const longestWord = 60_000

/**
 * A fetch call as a `curl` command that can be pasted into `sh`. It sends what fetch would, except for headers that a
 * runtime adds by itself, and for a redirect that makes a GET of another method: curl keeps that. Nothing of the caller's is used up: the body of a `Request` is read from a clone. A stream, a
 * body that was used, and one above 1 MiB are named in place of a file (`@BODY-stream`).
 *
 * @throws {TypeError} when the URL cannot be parsed, or an option is not what it should be.
 */
export async function toCurl(input: FetchInput, init?: FetchInit, options: ToCurlOptions = {}): Promise<string> {
  assertOptions('toCurl', options, ['redact'])
  const { redact = true } = options
  if (typeof redact === 'object' && redact !== null) assertRedact('toCurl', redact)
  else if (typeof redact !== 'boolean') {
    throw new TypeError(`toCurl: redact must be true, false or an object, got ${inWords(redact)}`)
  }
  const redaction = new Redaction(redact === true ? {} : redact)
  const url = urlOf(input)
  if (url === undefined) throw new TypeError('toCurl: the URL cannot be parsed')

  const body = await requestBody(input, init)
  const headers = headersOf(input, init)
  headers.delete('content-length')
  if (body && 'bytes' in body && body.type && !headers.has('content-type')) headers.set('content-type', body.type)
  const target = redaction.url(url)
  const command = ['curl', ...(/[[\]{}]/.test(target) ? ['--globoff'] : []), quoted(target)]
  command.push(...methodWords(methodOf(input, init), body !== undefined))
  if ((init?.redirect ?? (isRequest(input) ? input.redirect : 'follow')) === 'follow') command.push('--location')
  if (!headers.has('accept-encoding')) command.push('--compressed')
  for (const [name, value] of headers) command.push('-H', headerWord(name, redaction.header(name, value)))
  // Without a type of its own, curl would make it that of a form.
  if (body && !headers.has('content-type')) command.push('-H', quoted('content-type:'))

  if (body === undefined) return command.join(' ')
  if ('missing' in body) return [...command, '--data-binary', quoted(`@BODY-${body.missing}`)].join(' ')
  const bytes = redact === false ? body.bytes : redactBody(body.bytes, redaction)
  const text = textOf(bytes)
  if (text !== undefined) return [...command, '--data-raw', quoted(text)].join(' ')
  return ['printf', printfFormat(bytes), '|', ...command, '--data-binary', '@-'].join(' ')
}

/** The method as fetch sends it: it writes the usual ones in capitals, and others as they come. */
function methodOf(input: FetchInput, init: FetchInit | undefined): string {
  const method = String(init?.method ?? (isRequest(input) ? input.method : 'GET'))
  return /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method
}

function methodWords(method: string, hasBody: boolean): string[] {
  if (method === 'HEAD') return ['--head']
  return method === (hasBody ? 'POST' : 'GET') ? [] : ['-X', quoted(method)]
}

/** A header's value is bytes, and a terminal's is UTF-8; and one without a value takes a semicolon. */
function headerWord(name: string, value: string): string {
  if (value === '') return quoted(`${name};`)
  const header = `${name}: ${value}`
  if (/^[\x20-\x7e]*$/.test(header)) return quoted(header)
  return `"$(printf ${printfFormat(Uint8Array.from(header, (character) => character.charCodeAt(0)))})"`
}

/** As text for the command line, if it is text and fits there. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > longestWord) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return isPlain(text) ? text : undefined
  } catch {
    return undefined
  }
}
