import type { Exchange, Routes } from '../exchange.ts'
import { pattern } from '../pattern.ts'

/** What a slow server does. Durations are in milliseconds. */
export const delay: Routes = { slow, trickle, stall, stalling, endless, silent }

/** Waits for `headers` ms before the answer of the route `next`. */
async function slow(exchange: Exchange): Promise<void> {
  await exchange.pause(exchange.number('headers', 100))
  await exchange.handOver(exchange.text('next', '/json'))
}

/** `chunks` chunks of `size` bytes, the first with the headers, the others `every` ms. */
async function trickle(exchange: Exchange): Promise<void> {
  const chunk = pattern(exchange.number('size', 16))
  const every = exchange.number('every', 10)
  exchange.head(exchange.number('status', 200))
  for (let left = exchange.number('chunks', 10); left > 0 && !exchange.over; left--) {
    await exchange.write(chunk)
    if (left > 1) await exchange.pause(every)
  }
  exchange.response.end()
}

/** Announces more than the `after` bytes that it sends, and falls silent. */
async function stall(exchange: Exchange): Promise<void> {
  await stallWith(exchange, 200)
}

/** The same as an error response. */
async function stalling(exchange: Exchange): Promise<void> {
  await stallWith(exchange, 503)
}

async function stallWith(exchange: Exchange, status: number): Promise<void> {
  const after = exchange.number('after', 16)
  exchange.head(exchange.number('status', status), { 'content-length': after + 1024 })
  if (after > 0) await exchange.write(pattern(after))
}

/** An error response whose body never ends: `size` bytes `every` ms, or as fast as the client reads with `every=0`. */
async function endless(exchange: Exchange): Promise<void> {
  const every = exchange.number('every', 10)
  const chunk = pattern(exchange.number('size', 1024))
  exchange.head(exchange.number('status', 503))
  while (!exchange.over) {
    await exchange.write(chunk)
    if (every > 0) await exchange.pause(every)
  }
}

/** Takes the request and never answers. */
function silent(): void {}
