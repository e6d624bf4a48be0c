/** Whether a text has control characters, but for tabs: no cookie may have them, and no header can. */
export function hasControl(text: string): boolean {
  return Array.from(text, (character) => character.charCodeAt(0)).some((code) => {
    return (code < 0x20 && code !== 0x09) || code === 0x7f
  })
}
