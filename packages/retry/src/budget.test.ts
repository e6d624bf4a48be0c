import { describe, expect, it } from 'vitest'
import { retryBudget } from './budget.ts'

const a = 'http://a.test/one'

describe('retryBudget', () => {
  it('pays for retries until the bucket is empty', () => {
    const budget = retryBudget()
    let retries = 0
    while (budget.pay(a, false) !== undefined) retries += 1
    expect(retries).toBe(35)
    expect(budget.tokensFor(a)).toBe(500 - 35 * 14)
    expect(budget.pay(a, true)).toBe(5)
    expect(budget.pay(a, true)).toBe(5)
    expect(budget.pay(a, true)).toBeUndefined()
  })

  it('gets one token for a success at the first attempt, and the cost back after a retry', () => {
    const budget = retryBudget({ capacity: 100 })
    const cost = budget.pay(a, false)
    budget.succeeded(a)
    expect(budget.tokensFor(a)).toBe(87)
    budget.succeeded(a, cost)
    expect(budget.tokensFor(a)).toBe(100)
    budget.succeeded(a)
    expect(budget.tokensFor(a)).toBe(100)
  })

  it('is kept apart by origin, by nothing, or by a key of your own', () => {
    const [b, aAgain] = ['http://b.test/', new URL('http://a.test/two')]
    const byOrigin = retryBudget({ capacity: 20 })
    byOrigin.pay(a, false)
    expect([a, aAgain, b].map((url) => byOrigin.tokensFor(url))).toEqual([6, 6, 20])
    const global = retryBudget({ capacity: 20, per: 'global' })
    global.pay(a, false)
    expect(global.tokensFor(b)).toBe(6)
    const byPath = retryBudget({ capacity: 20, per: (url) => url.pathname })
    byPath.pay(a, false)
    expect(byPath.tokensFor(aAgain)).toBe(20)
    expect(byPath.tokensFor(new Request('http://b.test/one'))).toBe(6)
  })

  it('lets the retries of a server that keeps failing dwindle to what its successes earn', () => {
    const budget = retryBudget()
    let retries = 0
    for (let call = 0; call < 10_000; call += 1) {
      if (call % 2 === 0) budget.succeeded(a)
      else if (budget.pay(a, false) !== undefined) retries += 1
    }
    // 500 tokens at first, then one for every success: (500 + 5000) / 14.
    expect(retries).toBe(392)
  })

  it.each([
    [{ capacity: 0 }, 'retryBudget: capacity must be a positive integer, got 0'],
    [{ cost: 1.5 }, 'retryBudget: cost must be a positive integer, got 1.5'],
    [{ throttledCost: -1 }, 'retryBudget: throttledCost must be a positive integer, got -1'],
    [{ per: 'host' }, "retryBudget: per must be 'origin', 'global' or a function of the URL"],
    [{ size: 5 }, 'retryBudget: there is no option "size"; there are capacity, cost, throttledCost, per'],
  ])('refuses %o', (options, message) => {
    expect(() => Reflect.apply(retryBudget, undefined, [options])).toThrow(message)
  })
})
