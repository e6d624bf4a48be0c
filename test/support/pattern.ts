const period = 251
const block = new Uint8Array(period * 256).map((_, offset) => offset % period)

/** The bytes that `/bytes` sends, block by block: the byte at an offset is `offset % 251`, so that a gap shows. */
export function* patternBlocks(size: number): Generator<Uint8Array> {
  for (let sent = 0; sent < size; sent += block.length) yield block.subarray(0, size - sent)
}

/** The same bytes in one piece, for what is small or is to be compared. */
export function pattern(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).map((_, offset) => offset % period)
}
