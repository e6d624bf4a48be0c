import { pattern } from '@steadfetch/test-support/pattern'
import { describe, expect, it } from 'vitest'
import { sha256 } from './echo.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()
const size = 100_000
const whole = sha256(pattern(size))

/** Of its bytes, which compare slowly. */
async function hashOf(response: Response): Promise<string> {
  return sha256(new Uint8Array(await response.arrayBuffer()))
}

describe.each(subjects)('$name: a clone', ({ wrap, options }) => {
  const get = (path = '/bytes'): Promise<Response> => wrap(platform)(here.url(path, { size }), { ...options })

  it('says what its original says', async () => {
    const response = await get()
    const clone = response.clone()
    const { status, statusText, url, type, redirected } = response
    expect(clone).not.toBe(response)
    expect(clone).toBeInstanceOf(Response)
    expect(clone).toMatchObject({ status, statusText, url, type, redirected, bodyUsed: false })
    expect([...clone.headers]).toEqual([...response.headers])
    await Promise.all([response.body?.cancel(), clone.body?.cancel()])
  })

  it.each(['before', 'after', 'beside'])('is read %s its original, and both are whole', async (when) => {
    const response = await get()
    const clone = response.clone()
    const order = when === 'before' ? [clone, response] : [response, clone]
    const read: string[] = []
    if (when === 'beside') read.push(...(await Promise.all(order.map(hashOf))))
    else for (const one of order) read.push(await hashOf(one))
    expect(read).toEqual([whole, whole])
    expect([response.bodyUsed, clone.bodyUsed]).toEqual([true, true])
  })

  it('can be cloned again', async () => {
    const first = await get()
    const second = first.clone()
    const third = second.clone()
    const fourth = first.clone()
    const read = await Promise.all([first, second, third, fourth].map(hashOf))
    expect(read).toEqual(Array.from({ length: 4 }, () => whole))
  })

  it('is whole although its original is cancelled', async () => {
    const response = await get()
    const clone = response.clone()
    // Not awaited before: one branch waits for the other.
    const cancelling = response.body?.cancel()
    expect(await hashOf(clone)).toBe(whole)
    await cancelling
  })

  it('leaves a whole original although it is cancelled itself', async () => {
    const response = await get()
    const cancelling = response.clone().body?.cancel()
    expect(await hashOf(response)).toBe(whole)
    await cancelling
  })

  it('of a compressed body is whole', async () => {
    const response = await get('/gzip')
    expect(await Promise.all([hashOf(response.clone()), hashOf(response)])).toEqual([whole, whole])
  })
})
