import { setTimeout as sleep } from 'node:timers/promises'
import { pool } from '@steadfetch/pool'
import { startFaultServerProcess } from '@steadfetch/test-support/fault-server-process'

// 5,000 calls at once over ten connections; what keeps this process alive after them would keep it for ever.

const server = await startFaultServerProcess()
const connections = pool({ connections: 10 })
const pooled = connections(fetch)
const url = server.url('/json')
const statuses = await Promise.all(
  Array.from({ length: 5000 }, async () => {
    const response = await pooled(url)
    await response.json()
    return response.status
  }),
)
const { socketsSeen } = await server.stats()
await connections.close()
// The server hears of it a moment later.
let { openSockets } = await server.stats()
for (let patience = 100; openSockets > 0 && patience > 0; patience -= 1) {
  await sleep(20)
  openSockets = (await server.stats()).openSockets
}
console.log(JSON.stringify({ ok: statuses.filter((status) => status === 200).length, socketsSeen, openSockets }))
await server.close()
