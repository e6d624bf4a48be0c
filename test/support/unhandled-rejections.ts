import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Fails each test of the file in whose course a rejection was handled by nobody. */
export function expectNoUnhandledRejection(): void {
  const unhandled = vi.fn()
  beforeEach(() => {
    unhandled.mockClear()
    process.on('unhandledRejection', unhandled)
  })
  afterEach(async () => {
    await setImmediate()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
}
