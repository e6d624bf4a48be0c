import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { BadQueryError, type Exchange, type Routes } from '../exchange.ts'
import { pattern, patternBlocks } from '../pattern.ts'

/** What a healthy server sends. */
export const content: Routes = { json, bytes, gzip, echo }

/** JSON, valid and exact to the byte for any `size` from 1 on. */
async function json(exchange: Exchange): Promise<void> {
  const smallest = '{"ok":true}'
  const size = exchange.number('size', smallest.length)
  if (size === 0) throw new BadQueryError('there is no JSON of 0 bytes')
  exchange.response.writeHead(200, { 'content-type': 'application/json', 'content-length': size })
  await exchange.stream(size < 2 ? '0' : jsonOf(size, smallest))
}

function* jsonOf(size: number, smallest: string): Generator<string> {
  const [head, tail] = ['{"ok":true,"filler":"', '"}']
  let missing = size - head.length - tail.length
  if (missing < 0) return yield (size < smallest.length ? '{}' : smallest).padEnd(size)
  yield head
  for (const filler = 'x'.repeat(65_536); missing > 0; missing -= filler.length) yield filler.slice(0, missing)
  yield tail
}

/** `size` bytes of the pattern, with Content-Length or `chunked=1`. */
async function bytes(exchange: Exchange): Promise<void> {
  const size = exchange.number('size', 1024)
  const length = exchange.number('chunked', 0) === 0 ? { 'content-length': size } : {}
  exchange.response.writeHead(200, { 'content-type': 'application/octet-stream', ...length })
  await exchange.stream(patternBlocks(size))
}

/** `size` bytes of the pattern, compressed: what arrives is shorter than what is read. */
function gzip(exchange: Exchange): void {
  const body = gzipSync(pattern(exchange.number('size', 1024)))
  exchange.send(200, body, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' })
}

/** Tells what it received. */
async function echo(exchange: Exchange): Promise<void> {
  const { method, url: path, headers } = exchange.request
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of exchange.request) {
    hash.update(chunk)
    length += chunk.length
  }
  exchange.json({ method, path, headers, length, sha256: hash.digest('hex') })
}
