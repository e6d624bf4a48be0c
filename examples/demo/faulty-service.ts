import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { fateOf } from './weather.ts'

/** Answers `GET /orders/<call>` as the seeded weather has it: the n-th request of a call is its n-th attempt. */
export function faultyService(seed: number): RequestListener {
  const attempts = new Map<number, number>()
  return (request, response) => {
    const call = Number(request.url?.split('/').at(-1))
    const attempt = (attempts.get(call) ?? 0) + 1
    attempts.set(call, attempt)
    const { kind, delay } = fateOf(seed, call, attempt)
    setTimeout(() => answers[kind](response, request, call), delay)
  }
}

const answers = {
  fine: (response: ServerResponse, _: IncomingMessage, call: number): void => {
    const items = Array.from({ length: 10 }, (_, item) => ({ item, name: `part ${call}-${item}`, price: 1999 }))
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ order: call, items }))
  },
  unavailable: (response: ServerResponse): void => {
    response.writeHead(503, { 'content-type': 'text/plain' }).end('upstream connect error\n')
  },
  throttled: (response: ServerResponse): void => {
    response.writeHead(429, { 'content-type': 'text/plain', 'retry-after': '1' }).end('slow down\n')
  },
  reset: (_: ServerResponse, { socket }: IncomingMessage): void => {
    socket.resetAndDestroy()
  },
  stall: (): void => {},
} as const
