import type { Exchange, Routes } from '../exchange.ts'
import { pattern } from '../pattern.ts'

/** What a broken server or network does. */
export const breakage: Routes = { reset, close, truncate, malformed, 'bad-gzip': badGzip }

/** Resets the connection (RST), `at=headers`, before any, or `at=body`, in the middle of one. */
async function reset(exchange: Exchange): Promise<void> {
  if (exchange.oneOf('at', ['headers', 'body']) === 'body') await beginBody(exchange)
  exchange.reset()
}

/** Closes the connection (FIN) `at=headers` or `at=body`. */
async function close(exchange: Exchange): Promise<void> {
  if (exchange.oneOf('at', ['headers', 'body']) === 'body') await beginBody(exchange)
  exchange.close()
}

/** Ends a body early, whose end was announced `as=length`, Content-Length, or `as=chunked`. */
async function truncate(exchange: Exchange): Promise<void> {
  await beginBody(exchange, exchange.oneOf('as', ['length', 'chunked']) === 'chunked')
  exchange.close()
}

async function beginBody(exchange: Exchange, chunked = false): Promise<void> {
  exchange.head(200, chunked ? {} : { 'content-length': 1024 })
  await exchange.write(pattern(512))
}

/** Something that is not HTTP. */
function malformed(exchange: Exchange): void {
  const texts = {
    'chunk-size': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\nnot-a-size\r\n',
    response: 'SOMETHING ELSE\r\n\r\n',
    'headers-overflow': `HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(256 * 1024)}\r\ncontent-length: 0\r\n\r\n`,
  }
  exchange.writeRaw(texts[exchange.oneOf('as', ['chunk-size', 'response', 'headers-overflow'])])
  exchange.close()
}

/** A body that is not what its Content-Encoding says. */
function badGzip(exchange: Exchange): void {
  exchange.send(200, 'this was never compressed', { 'content-encoding': 'gzip' })
}
