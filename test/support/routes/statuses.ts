import { STATUS_CODES } from 'node:http'
import { BadQueryError, type Exchange, type Routes } from '../exchange.ts'
import { patternBlocks } from '../pattern.ts'

/** What a server says it is not able to do, and where it sends the client instead. */
export const statuses: Routes = { status, redirect, 'redirect-to': redirectTo }

/**
 * `/status/429?retry-after=1`: any final status, with a body of `body` bytes (a short text unless given). Every other
 * parameter is a response header.
 */
async function status(exchange: Exchange): Promise<void> {
  const { searchParams, pathname } = exchange.url
  const code = Number(pathname.split('/')[2])
  if (!(code >= 200 && code <= 599)) throw new BadQueryError(`a status is from 200 to 599, got ${pathname}`)
  for (const [name, value] of searchParams) {
    if (name !== 'body' && name !== 'key') exchange.response.appendHeader(name, value)
  }
  if (code === 204 || code === 205 || code === 304) return exchange.send(code, '')
  if (!searchParams.has('body')) return exchange.send(code, `${code} ${STATUS_CODES[code] ?? 'Unknown'}\n`)
  const size = exchange.number('body', 0)
  exchange.response.writeHead(code, { 'content-length': size })
  await exchange.stream(patternBlocks(size))
}

/** A chain of `times` redirects with `status`, which ends at the route `next`; the key is carried along. */
function redirect(exchange: Exchange): void {
  const times = exchange.number('times', 1)
  const next = new URL(times > 1 ? exchange.url : new URL(exchange.text('next', '/json'), exchange.url))
  if (times > 1) next.searchParams.set('times', String(times - 1))
  else if (exchange.key !== undefined) next.searchParams.set('key', exchange.key)
  exchange.send(exchange.number('status', 302), '', { location: next.pathname + next.search })
}

/** One redirect with `status` to `url`, on whatever origin that is. */
function redirectTo(exchange: Exchange): void {
  exchange.send(exchange.number('status', 302), '', { location: exchange.text('url', '/json') })
}
