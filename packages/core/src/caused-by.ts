/** How deep a chain of causes is followed; one that runs in a circle ends here too. */
const deepest = 10

/**
 * What a function of the program threw while a failure was dealt with: with that failure as its cause, where it has
 * none, can have one, and is not itself behind the failure.
 */
export function causedBy(cause: unknown, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || 'cause' in thrown || !Object.isExtensible(thrown)) return thrown
  let behind = cause
  for (let depth = 0; depth < deepest && behind instanceof Error; depth += 1) {
    if (behind === thrown) return thrown
    behind = behind.cause
  }
  Object.defineProperty(thrown, 'cause', { value: cause, configurable: true, writable: true, enumerable: false })
  return thrown
}
