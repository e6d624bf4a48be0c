import { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts'
import type { FaultServerStats, Question, Started } from './fault-server-process.ts'

/** The program behind `startFaultServerProcess`. It lives as long as the channel to its parent. */

const patience = 5000

process.once('message', (options: FaultServerOptions) => {
  startFaultServer(options).then(serve, (error: unknown) => answer({ error: String(error) }))
})

function serve(server: FaultServer): void {
  process.on('message', ({ reset = false, key }: Question) => {
    if (reset) server.reset()
    const { openExchanges, peakExchanges, openSockets, socketsSeen } = server
    answer({ hits: server.hits(key), openExchanges, peakExchanges, openSockets, socketsSeen })
  })
  process.once('disconnect', () => end(server))
  if (process.connected) answer({ origin: server.origin, ca: server.ca })
  else end(server)
}

/** With the server closed nothing is left to wait for, and the process ends by itself; else it is a fault of ours. */
function end(server: FaultServer): void {
  void server.close()
  setTimeout(() => process.exit(1), patience).unref()
}

function answer(message: Started | FaultServerStats): void {
  // The parent may have gone meanwhile: then `disconnect` is on its way.
  process.send?.(message, undefined, undefined, () => {})
}
