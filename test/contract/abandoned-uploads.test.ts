import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { serving } from './serving.ts'
import { control, platform, subjects } from './subjects.ts'

const here = serving()
const mine = new Error('mine')

/** A body that says when somebody lets go of it. */
function upload(): { body: ReadableStream; cancelled: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  return { body: new ReadableStream({ cancel: resolve }), cancelled: promise }
}

/** Well below the time after which a test is given up, and far above what it takes. */
const patience = 2000

describe.each([control, ...subjects])('$name: an upload whose call is aborted before it is sent', ({ wrap }) => {
  const fetch = wrap(platform)

  it('is cancelled, with the reason', async () => {
    const { body, cancelled } = upload()
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body,
      duplex: 'half',
      signal: AbortSignal.abort(mine),
    }
    await expect(fetch(here.url('/echo'), init)).rejects.toBe(mine)
    expect(await Promise.race([cancelled, setTimeout(patience, 'never')])).toBe(mine)
  })

  it('is cancelled in a Request', async () => {
    const { body, cancelled } = upload()
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    const request = new Request(here.url('/echo'), init)
    await expect(fetch(request, { signal: AbortSignal.abort(mine) })).rejects.toBe(mine)
    expect(await Promise.race([cancelled, setTimeout(patience, 'never')])).not.toBe('never')
  })
})
