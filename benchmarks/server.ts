import { createServer } from 'node:http'

const body = JSON.stringify({ id: 42, name: 'steadfetch', tags: ['one', 'two'], note: 'x'.repeat(200) })

/** It answers after as many milliseconds as the path says: `/5`. */
function latencyOf(url = '/'): number {
  return Number(url.slice(1))
}

/** A process of its own, which tells its parent the port, and goes when that goes. */
const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const answer = (): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  }
  const latency = latencyOf(request.url)
  if (latency > 0) setTimeout(answer, latency)
  else answer()
})

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
