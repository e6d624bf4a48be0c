import { redacted } from './mask-secrets.ts'
import type { Redaction } from './redaction.ts'

/** A field of a form that is sent in parts, up to the end of its value. */
const part = /(name="([^"]*)"(?:[^\r]|\r(?!\n\r\n))*\r\n\r\n)((?:[^\r]|\r(?!\n--))*)/g

/** The bytes of a body without the secrets in it, as far as they have names: in JSON, in forms, and in text. */
export function redactBody(bytes: Uint8Array, redaction: Redaction): Uint8Array {
  // One character a byte, so that what is no text comes out as it went in; what is searched for is ASCII.
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const shown = redactJson(new TextDecoder().decode(bytes), redaction)
  if (shown !== undefined) return new TextEncoder().encode(shown)
  const fields = binary.replace(part, (all: string, head: string, name: string) => {
    return redaction.hides(name) ? head + redacted : all
  })
  return Uint8Array.from(redaction.text(fields), (character) => character.charCodeAt(0))
}

/** JSON as it was written where nothing is secret in it, and undefined where it is none. */
function redactJson(text: string, redaction: Redaction): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    const plain: unknown = JSON.parse(text)
    const shown = JSON.stringify(plain, (name, value: unknown) => {
      if (redaction.hides(name) && value !== null) return redacted
      return typeof value === 'string' ? redaction.text(value) : value
    })
    return shown === JSON.stringify(plain) ? text : shown
  } catch {
    return undefined
  }
}
