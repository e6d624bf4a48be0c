import { createServer, type RequestListener } from 'node:http'
import { faultyService } from './faulty-service.ts'
import { type LimitedService, limitedService } from './limited-service.ts'
import type { Answer, Question, UpstreamOptions } from './upstream-process.ts'

/** The program behind `startUpstream`: a server on loopback that lives as long as the channel to its parent. */

const keepAlive = 3000

let hits = 0
let openSockets = 0
let limited: LimitedService | undefined

process.on('disconnect', () => process.exit(0))
process.once('message', (options: UpstreamOptions) => {
  const server = createServer(counted(listenerFor(options)))
  server.keepAliveTimeout = keepAlive
  server.on('connection', (socket) => {
    openSockets += 1
    socket.on('error', () => {})
    socket.on('close', () => {
      openSockets -= 1
    })
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.on('message', ({ freeze }: Question) => {
      if (freeze !== undefined) limited?.freeze(freeze)
      answer({ hits, openSockets })
    })
    answer({ origin: typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '', hits, openSockets })
  })
})

function listenerFor(options: UpstreamOptions): RequestListener {
  if (options.service === 'faulty') return faultyService(options.seed)
  limited = limitedService(options.workers, options.workTime)
  return limited.listener
}

function counted(listener: RequestListener): RequestListener {
  return (request, response) => {
    hits += 1
    listener(request, response)
  }
}

function answer(message: Answer): void {
  // The parent may have gone meanwhile: then `disconnect` is on its way.
  process.send?.(message, undefined, undefined, () => {})
}
