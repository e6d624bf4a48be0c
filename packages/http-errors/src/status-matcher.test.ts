import { describe, expect, it } from 'vitest'
import { statusMatcher } from './status-matcher.ts'

describe('a list of statuses', () => {
  it.each([
    [['4xx', '5xx'] as const, [400, 404, 499, 500, 599], [0, 101, 200, 304, 399, 600, 999]],
    [[404, '5xx'] as const, [404, 500], [400, 403, 405]],
    [[999, 200] as const, [999, 200], [998, 201]],
    [['2xx', '3xx'] as const, [200, 299, 304], [404]],
    [[], [], [200, 404, 500]],
  ])('%j has what it names', (patterns, within, without) => {
    const matches = statusMatcher('what', patterns)
    expect(within.filter((status) => !matches(status))).toEqual([])
    expect(without.filter(matches)).toEqual([])
  })

  it.each([
    [404, 'what must be an array of statuses, got 404'],
    ['4xx', 'what must be an array of statuses, got "4xx"'],
    [null, 'what must be an array of statuses, got null'],
    [[99], "what must have statuses from 200 to 999 and classes such as '4xx', got 99"],
    [[1000], "what must have statuses from 200 to 999 and classes such as '4xx', got 1000"],
    [[404.5], "what must have statuses from 200 to 999 and classes such as '4xx', got 404.5"],
    [[Number.NaN], "what must have statuses from 200 to 999 and classes such as '4xx', got NaN"],
    [['404'], 'what must have statuses from 200 to 999 and classes such as \'4xx\', got "404"'],
    [['1xx'], 'what must have statuses from 200 to 999 and classes such as \'4xx\', got "1xx"'],
    [['4XX'], 'what must have statuses from 200 to 999 and classes such as \'4xx\', got "4XX"'],
    [[null], "what must have statuses from 200 to 999 and classes such as '4xx', got null"],
    [[[400, 499]], "what must have statuses from 200 to 999 and classes such as '4xx', got an array"],
  ])('may not be %j', (patterns, message) => {
    expect(() => Reflect.apply(statusMatcher, undefined, ['what', patterns])).toThrow(message)
  })
})
