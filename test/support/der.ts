/** The part of DER (ITU-T X.690) that certificates are made of: every function encodes one value. */

export function sequence(...members: Uint8Array[]): Uint8Array {
  return value(0x30, ...members)
}

export function set(...members: Uint8Array[]): Uint8Array {
  return value(0x31, ...members)
}

export function boolean(truth: boolean): Uint8Array {
  return value(0x01, [truth ? 0xff : 0])
}

/** A positive integer, from its bytes. */
export function integer(bytes: Uint8Array | number[]): Uint8Array {
  return (bytes[0] ?? 0) < 0x80 ? value(0x02, bytes) : value(0x02, [0], bytes)
}

export function bitString(bytes: Uint8Array | number[], unusedBits = 0): Uint8Array {
  return value(0x03, [unusedBits], bytes)
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return value(0x04, bytes)
}

export function utf8String(text: string): Uint8Array {
  return value(0x0c, Buffer.from(text))
}

/** An object identifier in dots, as `2.5.29.17`. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number)
  return value(0x06, [first * 40 + second], arcs.flatMap(base128))
}

/** A date before 2050, to the second. */
export function utcTime(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/\.\d+|\D/g, '')
  return value(0x17, Buffer.from(`${digits.slice(2)}Z`))
}

/** A context-specific tag, around whole values (constructed) or in place of a value's own tag. */
export function tagged(tag: number, content: Uint8Array | number[], constructed = false): Uint8Array {
  return value((constructed ? 0xa0 : 0x80) | tag, content)
}

function value(tag: number, ...contents: (Uint8Array | number[])[]): Uint8Array {
  const content = Buffer.concat(contents.map((part) => Uint8Array.from(part)))
  return Buffer.concat([Uint8Array.from([tag, ...lengthOf(content.length)]), content])
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

function base128(arc: number): number[] {
  const digits = [arc & 0x7f]
  for (let rest = arc >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}
