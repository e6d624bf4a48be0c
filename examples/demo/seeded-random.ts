/**
 * A source of numbers from 0 to below 1 that gives the same ones for the same keys, and others for any other keys
 * (a counter through the finalizer of MurmurHash3: small and even enough for weather, useless for secrets).
 */
export function seededRandom(...keys: readonly number[]): () => number {
  let state = keys.reduce((hash, key) => mix(hash + key + 0x9e3779b9), 0)
  return () => {
    state += 0x9e3779b9
    return (mix(state) >>> 0) / 2 ** 32
  }
}

function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
