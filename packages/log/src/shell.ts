/** A word as `sh` takes it, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Whether a text can be pasted into a terminal: an editor in it would act on other control characters. */
export function isPlain(text: string): boolean {
  return !/(?![\n\t])\p{Cc}/u.test(text)
}

/** The format, quoted, with which `printf` prints exactly these bytes. */
export function printfFormat(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte)
    if (/[\w ",./:;<=>?@{}[\]()*+&|#~^$`-]/.test(character)) return character
    if (character === '%') return '%%'
    return `\\${byte.toString(8).padStart(3, '0')}`
  })
  return `'${characters.join('').replace(/^-/, '\\055')}'`
}
