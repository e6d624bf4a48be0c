import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { patternBlocks } from '@steadfetch/test-support/pattern'
import type { Echo } from './echo.ts'
import { platform, subjects } from './subjects.ts'

/** What a large transfer has come to. Sizes are in bytes. */
export interface Transfer {
  readonly length: number
  readonly sha256: string
  /** By how much the memory of the process has grown, at its peak. */
  readonly memory: number
  /** By how much what is in use of the heap and of buffers has, after garbage collections on the way. */
  readonly heap: number
}

const between = 4_000_000

// One transfer through one subject, in a process of its own: `node large-transfer.ts <subject> download|upload <size> <origin>`.

const [, , name, direction, size, origin] = process.argv
const subject = subjects.find((candidate) => candidate.name === name)
if (!subject) throw new Error(`there is no subject ${name}`)
const fetching = subject.wrap(platform)

await (await fetching(`${origin}/bytes?size=100000`)).arrayBuffer()
let heapPeak = await heapInUse()
const [memoryBefore, heapBefore] = [memoryPeak(), heapPeak]
let looked = 0

const { length, sha256 } = direction === 'download' ? await download(Number(size)) : await upload(Number(size))
console.log(JSON.stringify({ length, sha256, memory: memoryPeak() - memoryBefore, heap: heapPeak - heapBefore }))

async function download(bytes: number): Promise<{ length: number; sha256: string }> {
  const response = await fetching(`${origin}/bytes?size=${bytes}`)
  const hash = createHash('sha256')
  let read = 0
  for await (const chunk of response.body ?? []) {
    hash.update(chunk)
    read += chunk.length
    await look(read)
  }
  return { length: read, sha256: hash.digest('hex') }
}

async function upload(bytes: number): Promise<Echo> {
  const blocks = patternBlocks(bytes)
  let made = 0
  const body = new ReadableStream({
    pull: async (controller) => {
      const { done, value } = blocks.next()
      if (done) return controller.close()
      controller.enqueue(new Uint8Array(value))
      made += value.length
      await look(made)
    },
  })
  // A request's body is one that layers may want to keep a copy of.
  const init = { method: 'POST', body, duplex: 'half' as const }
  return (await fetching(new Request(`${origin}/echo`, init))).json()
}

/** Now and then, because it takes garbage collections. */
async function look(transferred: number): Promise<void> {
  if (transferred - looked < between) return
  looked = transferred
  heapPeak = Math.max(heapPeak, await heapInUse())
}

/** Twice, and with a turn of the event loop before: a buffer is taken off the books only after it was collected. */
async function heapInUse(): Promise<number> {
  globalThis.gc?.()
  await setImmediate()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function memoryPeak(): number {
  return process.resourceUsage().maxRSS * 1024
}
