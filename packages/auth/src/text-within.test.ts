import { describe, expect, it, vi } from 'vitest'
import { textWithin } from './text-within.ts'

const { signal } = new AbortController()

describe('the text of a response', () => {
  it('is read to its end, characters whole that come in parts', async () => {
    const bytes = new TextEncoder().encode('€uro')
    const parts = new ReadableStream({
      start: (controller) => {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await textWithin(bytes.length, new Response(parts), signal)).toBe('€uro')
    expect(await textWithin(1, new Response(null), signal)).toBe('')
  })

  it('is none where there are too many bytes', async () => {
    expect(await textWithin(4, new Response('12345'), signal)).toBeUndefined()
    expect(await textWithin(4, new Response('€€'), signal)).toBeUndefined()
  })

  it('of another fetch, whose body is no stream, is read all the same', async () => {
    const foreign = { body: {}, text: async () => '12345' } as unknown as Response
    expect(await textWithin(5, foreign, signal)).toBe('12345')
    expect(await textWithin(4, foreign, signal)).toBeUndefined()
  })

  it('is given up with the signal', async () => {
    const cancelled = vi.fn()
    const controller = new AbortController()
    const reading = textWithin(5, new Response(new ReadableStream({ cancel: cancelled })), controller.signal)
    controller.abort('enough')
    await expect(reading).rejects.toBe('enough')
    expect(cancelled).toHaveBeenCalledOnce()
  })
})
