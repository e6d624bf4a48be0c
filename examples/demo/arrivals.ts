import { seededRandom } from './seeded-random.ts'

/**
 * When each of so many calls starts, in milliseconds from the first one: as people come, each without regard to the
 * others (exponential gaps), and the same for the same seed. However the calls before fare, the next one comes.
 */
export function arrivals(seed: number, calls: number, perSecond: number): number[] {
  const random = seededRandom(seed)
  const times: number[] = []
  for (let at = 0; times.length < calls; at -= (Math.log(1 - random()) * 1000) / perSecond) times.push(at)
  return times
}
