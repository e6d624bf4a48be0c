import {
  assertOptions,
  assertPer,
  assertWhole,
  type FetchInput,
  Keyed,
  keyOf,
  keyOfUrl,
  type Per,
} from '@steadfetch/core'

/** Options of {@link retryBudget}. */
export interface RetryBudgetOptions {
  /** The tokens of a full bucket. @default 500 */
  capacity?: number
  /** What a retry costs. @default 14 */
  cost?: number
  /** What a retry costs when the server was throttling. @default 5 */
  throttledCost?: number
  /** What has a bucket of its own. @default 'origin' */
  per?: Per
}

/** Limits how much retries may add to the traffic; one can be shared by several retry layers. */
export interface RetryBudget {
  /** Pays for a retry, and returns what it has cost; undefined when there are not enough tokens. */
  pay(input: FetchInput, throttled: boolean): number | undefined
  /** A call has succeeded: at the first attempt, or after a retry whose cost is given back. */
  succeeded(input: FetchInput, cost?: number): void
  /** What is left, for the key of a URL. */
  tokensFor(input: FetchInput): number
}

/**
 * A bucket of tokens for every origin: a retry takes from it, and what succeeds gives back, one token at the first
 * attempt, the whole cost after a retry. So a server that fails now and then is retried freely, and one that is down is
 * hardly retried at all. These are the rules and numbers of the AWS SDKs' standard mode of 2026, kept by origin.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be.
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  assertOptions('retryBudget', options, ['capacity', 'cost', 'throttledCost', 'per'])
  const { capacity = 500, cost = 14, throttledCost = 5, per = 'origin' } = options
  assertWhole('retryBudget: capacity', capacity, 1)
  assertWhole('retryBudget: cost', cost, 1)
  assertWhole('retryBudget: throttledCost', throttledCost, 1)
  assertPer('retryBudget: per', per)

  // Only buckets that something was taken from are kept, so that while all is well there is nothing to look up.
  const buckets = new Keyed(() => ({ tokens: capacity }))
  return {
    pay(input, throttled) {
      const price = throttled ? throttledCost : cost
      const bucket = buckets.of(keyOf('retryBudget', per, input))
      if (bucket.tokens < price) return undefined
      bucket.tokens -= price
      return price
    },
    succeeded(input, cost = 1) {
      if (buckets.size === 0) return
      const key = keyOf('retryBudget', per, input)
      const bucket = buckets.peek(key)
      if (bucket === undefined) return
      bucket.tokens += cost
      if (bucket.tokens >= capacity) buckets.delete(key)
    },
    tokensFor: (input) => buckets.peek(keyOfUrl('retryBudget', per, input))?.tokens ?? capacity,
  }
}
