import { createServer } from 'node:http'

const body = JSON.stringify({ id: 42, name: 'steadfetch', tags: ['one', 'two'], note: 'x'.repeat(200) })

/** A process of its own, which tells its parent the port, and goes when that goes. */
const server = createServer({ keepAliveTimeout: 120_000 }, (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
})

server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.on('disconnect', () => process.exit())
