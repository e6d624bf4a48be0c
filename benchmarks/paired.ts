import { quantile, type Spread, spread } from './statistics.ts'

/** Makes calls for so long, and says how many they were. */
export type Slice = (milliseconds: number) => Promise<number>

export interface Plan {
  /** How many pairs of slices are compared. */
  readonly pairs: number
  /** How long each slice is. */
  readonly milliseconds: number
}

/** What the second way to make a call costs over the first, in microseconds of CPU time per call. */
export interface Comparison {
  /** The first way: the median of its slices. */
  readonly first: number
  /** The second less the first, within each pair. */
  readonly added: Spread
  /** The second divided by the first, within each pair. */
  readonly ratio: Spread
  /** Calls a second by the second way, divided by those by the first, within each pair. */
  readonly throughput: Spread
  /** The second less the first, each by its fastest tenth of slices: those that nothing else on the machine disturbed. */
  readonly undisturbed: number
}

/** Until the compiler is done with what is measured, in milliseconds. */
const warmUp = 100

/**
 * Alternates between two slices, so that what else the machine is doing meets both of them alike, and compares each
 * pair of adjacent ones by itself. The order changes from pair to pair: neither pays for the other's garbage.
 */
export async function compare(first: Slice, second: Slice, { pairs, milliseconds }: Plan): Promise<Comparison> {
  for (const slice of [first, second]) await slice(warmUp)
  const costs: { first: Cost; second: Cost }[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      costs.push({ first: await costOf(first, milliseconds), second: await costOf(second, milliseconds) })
    } else {
      costs.push({ second: await costOf(second, milliseconds), first: await costOf(first, milliseconds) })
    }
  }
  const firsts = costs.map((pair) => pair.first.cpu)
  const seconds = costs.map((pair) => pair.second.cpu)
  return {
    first: quantile(firsts, 0.5),
    added: spread(costs.map((pair) => pair.second.cpu - pair.first.cpu)),
    ratio: spread(costs.map((pair) => pair.second.cpu / pair.first.cpu)),
    throughput: spread(costs.map((pair) => pair.second.rate / pair.first.rate)),
    undisturbed: quantile(seconds, 0.1) - quantile(firsts, 0.1),
  }
}

interface Cost {
  /** Microseconds of CPU time per call. */
  readonly cpu: number
  /** Calls a millisecond. */
  readonly rate: number
}

/** CPU time is that of the whole process, which the threads of the garbage collector and the compiler are part of. */
async function costOf(slice: Slice, milliseconds: number): Promise<Cost> {
  const [cpu, time] = [process.cpuUsage(), performance.now()]
  const calls = await slice(milliseconds)
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / calls, rate: calls / (performance.now() - time) }
}
