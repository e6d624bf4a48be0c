import type { SliceResult } from './slice.ts'

/** Every call has failed. The message is the one line that says how. */
export class AllFailedError extends Error {
  override readonly name = 'AllFailedError'
}

/** @throws {AllFailedError} when there are calls, and every one has failed. */
export function assertSomeOk(target: string, slices: readonly Pick<SliceResult, 'calls' | 'ok' | 'failures'>[]): void {
  if (slices.every(({ calls }) => calls === 0) || slices.some(({ ok }) => ok > 0)) return
  const kinds = new Set(slices.flatMap(({ failures }) => Object.keys(failures)))
  throw new AllFailedError(`every call to ${target} failed: ${[...kinds].join(', ')}`)
}
