import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type FaultServerProcess, startFaultServerProcess } from '@steadfetch/test-support/fault-server-process'
import { patternBlocks } from '@steadfetch/test-support/pattern'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Transfer } from './large-transfer.ts'
import { control, middleware } from './subjects.ts'

const mega = 1_000_000
const program = fileURLToPath(new URL('large-transfer.ts', import.meta.url))
/**
 * What may be in use more than without middleware: a body that is kept would be more than either. (Of an upload, Node 22
 * and 24 keep all by themselves.)
 */
const noise = { memory: 40 * mega, heap: 4 * mega }
const sizes = { download: 100 * mega, upload: 50 * mega }
const limit = 15_000

type Direction = keyof typeof sizes

let server: FaultServerProcess | undefined

beforeAll(async () => {
  server = await startFaultServerProcess()
})

afterAll(() => server?.close())

async function transfer(name: string, direction: Direction): Promise<Transfer> {
  const size = String(sizes[direction])
  const args = ['--expose-gc', program, name, direction, size, server?.origin ?? '']
  const run = promisify(execFile)(process.execPath, args)
  return JSON.parse((await run).stdout)
}

function expected(direction: Direction): object {
  const hash = createHash('sha256')
  for (const block of patternBlocks(sizes[direction])) hash.update(block)
  return { length: sizes[direction], sha256: hash.digest('hex') }
}

const watching = middleware.filter(({ looksAtChunks }) => looksAtChunks).map(({ name }) => name)

describe.each(['download', 'upload'] as const)('a large %s', (direction) => {
  let yardstick: Transfer | undefined

  beforeAll(async () => {
    yardstick = await transfer(control.name, direction)
  }, limit)

  it('is byte-exact with the platform alone', () => {
    expect(yardstick).toMatchObject(expected(direction))
  })

  it.each(watching)(
    'is byte-exact with %s, and takes no more memory than with the platform alone',
    async (name) => {
      const { memory, heap, ...told } = await transfer(name, direction)
      expect(told).toEqual(expected(direction))
      expect(memory).toBeLessThan((yardstick?.memory ?? 0) + noise.memory)
      expect(heap).toBeLessThan((yardstick?.heap ?? 0) + noise.heap)
    },
    limit,
  )
})
