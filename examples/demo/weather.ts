import { seededRandom } from './seeded-random.ts'

/** What becomes of one attempt, and after how many milliseconds. */
export interface Fate {
  readonly kind: 'fine' | 'unavailable' | 'reset' | 'stall' | 'throttled'
  readonly delay: number
}

/** The share of attempts that each fault befalls, before the headers. The rest is fine. */
const shares = [
  ['unavailable', 0.065],
  ['reset', 0.04],
  ['stall', 0.035],
  ['throttled', 0.01],
] as const

/** The share of attempts that fail. */
export const faultShare = shares.reduce((sum, [, share]) => sum + share, 0)

/** The fate of an attempt depends on nothing but these numbers, so that all sides meet the same weather. */
export function fateOf(seed: number, call: number, attempt: number): Fate {
  const random = seededRandom(seed, call, attempt)
  let left = random()
  const delay = Math.min(4 - Math.log(1 - random()) * 10, 120)
  for (const [kind, share] of shares) {
    if (left < share) return { kind, delay }
    left -= share
  }
  return { kind: 'fine', delay }
}
