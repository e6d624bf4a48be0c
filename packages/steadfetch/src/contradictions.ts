import { breakerOf, defaultWindow, headersWithin, optionsOf, type Policy, timeoutsOf } from './policy.ts'

/** What of a policy makes no sense together, though each option does by itself. */
export function contradictionsIn(policy: Policy): string[] {
  return [
    ...secondsForMilliseconds(policy),
    ...attemptsLongerThanTotal(policy),
    ...shortWindow(policy),
    ...longWaits(policy),
    ...aboveTheirCaps(policy),
  ]
}

/** Below these, in milliseconds, nobody can mean it. */
const least: Readonly<Record<string, number>> = {
  'timeout.total: after': 100,
  'timeout.total: headers': 100,
  'timeout.total: idle': 10,
  'timeout.attempt: after': 11,
  'timeout.attempt: headers': 11,
  'timeout.attempt: idle': 10,
  'retry: maxWait': 100,
  'circuitBreaker: window': 100,
  'circuitBreaker: openTime': 100,
  'circuitBreaker: maxOpenTime': 100,
  'concurrency: queueTimeout': 10,
  'pool: keepAlive': 100,
  'pool: connectTimeout': 100,
}

function secondsForMilliseconds(policy: Policy): string[] {
  const { total, attempt } = timeoutsOf(policy)
  const settings = { ...policy, 'timeout.total': total, 'timeout.attempt': attempt }
  return Object.entries(least).flatMap(([path, least]) => {
    const [layer = '', option = ''] = path.split(': ')
    const value: unknown = Reflect.get(Object(Reflect.get(settings, layer)), option)
    if (typeof value !== 'number' || value >= least) return []
    return [`${path} is ${value} milliseconds; if seconds are meant, it is ${value * 1000}`]
  })
}

function attemptsLongerThanTotal(policy: Policy): string[] {
  const { total, attempt } = timeoutsOf(policy)
  if (total === false || attempt === false) return []
  return (['headers', 'after'] as const).flatMap((option) => {
    const [own, whole] = [attempt[option], option === 'headers' ? headersWithin(total, undefined) : total.after]
    if (own === undefined || whole === undefined || own <= whole) return []
    return [
      `timeout.attempt: ${option} (${own}) is longer than the whole call may take (${whole}): lower it, or raise timeout.total`,
    ]
  })
}

function shortWindow(policy: Policy): string[] {
  const breaker = breakerOf(policy)
  const { attempt } = timeoutsOf(policy)
  const within = headersWithin(attempt, 0)
  const { window = defaultWindow } = breaker ?? {}
  if (!breaker || breaker.circuits || window >= 2 * within) return []
  return [
    `circuitBreaker: window (${window}) has to be twice what an attempt may take (${within}) at least: ${2 * within}, ` +
      'or lower timeout.attempt',
  ]
}

/** Waits that somebody has asked for, and that no call lives to see the end of. */
function longWaits(policy: Policy): string[] {
  const { total } = timeoutsOf(policy)
  const within = headersWithin(total, Infinity)
  if (within === Infinity) return []
  const retry = optionsOf(policy.retry, true)
  const backoff = typeof retry?.backoff === 'object' ? retry.backoff : {}
  const concurrency = policy.concurrency || {}
  const waits = {
    'retry: maxWait': retry?.maxWait,
    'retry: backoff: base': backoff.base,
    'retry: backoff: throttledBase': backoff.throttledBase,
    'concurrency: queueTimeout': 'queueTimeout' in concurrency ? concurrency.queueTimeout : undefined,
  }
  return Object.entries(waits).flatMap(([path, wait]) => {
    if (typeof wait !== 'number' || wait === Infinity || wait <= within) return []
    return [`${path} (${wait}) is longer than the whole call may take (${within}): lower it, or raise timeout.total`]
  })
}

/** What grows from there, and may not even be that long. */
function aboveTheirCaps(policy: Policy): string[] {
  const { openTime, maxOpenTime = 30_000 } = breakerOf(policy) ?? {}
  const { backoff } = optionsOf(policy.retry, true) ?? {}
  const { base, throttledBase, cap = 20_000 } = typeof backoff === 'object' ? backoff : {}
  const rows: readonly (readonly [string, number | undefined, string, number])[] = [
    ['circuitBreaker: openTime', openTime, 'maxOpenTime', maxOpenTime],
    ['retry: backoff: base', base, 'cap', cap],
    ['retry: backoff: throttledBase', throttledBase, 'cap', cap],
  ]
  return rows.flatMap(([path, value = 0, limit, most]) => {
    return value > most ? [`${path} (${value}) is longer than ${limit} (${most}): lower it, or raise ${limit}`] : []
  })
}
