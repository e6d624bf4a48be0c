import { describe, expect, it } from 'vitest'
import { findingsOf } from './findings.ts'
import { harden } from './harden.ts'

/** What is wrong, and what is said of it. */
const rows: readonly (readonly [policy: unknown, ...findings: string[]])[] = [
  [5, 'the policy must be an object, got 5'],
  ['strict', 'the policy must be an object, got "strict"'],
  [null, 'the policy must be an object, got null'],
  [[], 'the policy must be an object, got an array'],
  [fetch, 'the policy must be an object, got a function; is it harden({}, fetch), or standard() without its ()?'],
  [{ retri: {} }, 'the policy: there is no option "retri"; did you mean "retry"?'],
  [{ Retry: {} }, 'the policy: there is no option "Retry"; did you mean "retry"?'],
  [{ circuitbreaker: {} }, 'the policy: there is no option "circuitbreaker"; did you mean "circuitBreaker"?'],
  [
    { cache: {} },
    'the policy: there is no option "cache"; there are httpErrors, defaults, log, hooks, timeout, redirects, cookies, retry, circuitBreaker, concurrency, auth, proxy, pool',
  ],
  [{ retries: 3 }, 'the policy: there is no option "retries"; did you mean "retry"?'],
  // Nothing is like it by as much as it is not.
  [
    { foo: 1 },
    'the policy: there is no option "foo"; there are httpErrors, defaults, log, hooks, timeout, redirects, cookies, retry, circuitBreaker, concurrency, auth, proxy, pool',
  ],
  [{ breaker: {} }, 'the policy: there is no option "breaker"; did you mean "circuitBreaker"?'],
  [{ baseUrl: '/v1' }, 'the policy: there is no option "baseUrl"; is it defaults: { baseUrl: … }?'],
  [
    { headers: {} },
    'the policy: there is no option "headers"; is it defaults: { headers: … }, or log: { headers: … }, or timeout: { total: { headers: … } }?',
  ],
  [{ services: {} }, 'the policy is for one service: services({ … }) takes one for each'],
  [{ retry: 3 }, 'retry must be true, false or an object of options, got 3; is it { attempts: 3 }?'],
  [{ retry: null }, 'retry must be true, false or an object of options, got null'],
  [{ retry: { attempt: 5 } }, 'retry: there is no option "attempt"; did you mean "attempts"?'],
  [{ retry: { attempts: 0 } }, 'retry: attempts must be a positive integer, got 0'],
  [{ retry: { attempts: '3' } }, 'retry: attempts must be a positive integer, got "3"'],
  [{ retry: { statuses: 503 } }, 'retry: statuses must be an array of status codes, got 503'],
  [{ retry: { statuses: ['503'] } }, 'retry: statuses must be an array of status codes, got "503" in it'],
  [{ retry: { methods: 'GET' } }, 'retry: methods must be an array of method names, got "GET"'],
  [{ retry: { maxWait: -1 } }, 'retry: maxWait must be a positive number of milliseconds, got -1'],
  [{ retry: { onRetry: 'log' } }, 'retry: onRetry must be a function, got "log"'],
  [{ retry: { replay: { max: 5 } } }, 'retry: replay: there is no option "max"; there are maxBytes'],
  [{ timeout: 5000 }, 'timeout must be false or an object, as in { total: { headers: 30000 } }, got 5000'],
  [{ timeout: true }, 'timeout must be false or an object, as in { total: { headers: 30000 } }, got true'],
  [{ timeout: { headers: 5000 } }, 'timeout: say of what headers is: timeout.total.headers or timeout.attempt.headers'],
  [{ timeout: { atempt: {} } }, 'timeout: there is no option "atempt"; did you mean "attempt"?'],
  [
    { timeout: { total: 5000 } },
    'timeout.total must be false or an object of options, got 5000; is it { headers: 5000 }?',
  ],
  [{ timeout: { total: {} } }, 'timeout.total: give at least one limit: after, headers or idle'],
  [{ timeout: { attempt: { header: 5000 } } }, 'timeout.attempt: there is no option "header"; did you mean "headers"?'],
  [
    { timeout: { attempt: { headers: '5s' } } },
    'timeout.attempt: headers must be a positive number of milliseconds, got "5s"',
  ],
  [{ timeout: { total: { after: 0 } } }, 'timeout.total: after must be a positive number of milliseconds, got 0'],
  [
    { timeout: { total: { headers: 30 } } },
    'timeout.total: headers is 30 milliseconds; if seconds are meant, it is 30000',
  ],
  [
    { timeout: { attempt: { headers: 10 } } },
    'timeout.attempt: headers is 10 milliseconds; if seconds are meant, it is 10000',
  ],
  [
    { timeout: { total: { headers: 30_000 }, attempt: { headers: 60_000 } }, circuitBreaker: false },
    'timeout.attempt: headers (60000) is longer than the whole call may take (30000): lower it, or raise timeout.total',
  ],
  [
    { timeout: { total: { after: 5000 }, attempt: { after: 6000 } } },
    'timeout.attempt: after (6000) is longer than the whole call may take (5000): lower it, or raise timeout.total',
  ],
  [
    { timeout: { total: { headers: 60_000 }, attempt: { headers: 20_000 } }, circuitBreaker: { window: 30_000 } },
    'circuitBreaker: window (30000) has to be twice what an attempt may take (20000) at least: 40000, or lower timeout.attempt',
  ],
  [
    { circuitBreaker: 5 },
    'circuitBreaker must be true, false or an object of options, got 5; is it { failuresInARow: 5 }?',
  ],
  [{ circuitBreaker: { failureRate: 50 } }, 'circuitBreaker: failureRate must be a number above 0 and up to 1, got 50'],
  [
    { circuitBreaker: { threshold: 5 } },
    expect.stringContaining('circuitBreaker: there is no option "threshold"; there are per,'),
  ],
  [
    { circuitBreaker: { window: 30 } },
    'circuitBreaker: window is 30 milliseconds; if seconds are meant, it is 30000',
    'circuitBreaker: window (30) has to be twice what an attempt may take (10000) at least: 20000, or lower timeout.attempt',
  ],
  [{ circuitBreaker: { openTime: 2 } }, 'circuitBreaker: openTime is 2 milliseconds; if seconds are meant, it is 2000'],
  [{ circuitBreaker: { per: 'host' } }, "circuitBreaker: per must be 'origin', 'global' or a function of the URL"],
  [{ concurrency: 10 }, 'concurrency must be false or an object of options, got 10; is it { limit: 10 }?'],
  [{ concurrency: true }, 'concurrency must be false or an object of options, got true'],
  [
    { circuitBreaker: { openTime: 60_000 } },
    'circuitBreaker: openTime (60000) is longer than maxOpenTime (30000): lower it, or raise maxOpenTime',
  ],
  [{ concurrency: { limit: 0 } }, 'concurrency: limit must be a positive integer, got 0'],
  [{ concurrency: { queue: 5 } }, 'concurrency: limit must be a positive integer, got undefined'],
  [{ concurrency: { limits: 5 } }, 'concurrency: there is no option "limits"; did you mean "limit"?'],
  [
    { concurrency: { limit: 5, queueTimeout: 60_000 } },
    'concurrency: queueTimeout (60000) is longer than the whole call may take (30000): lower it, or raise timeout.total',
  ],
  [
    { retry: { maxWait: 60_000 } },
    'retry: maxWait (60000) is longer than the whole call may take (30000): lower it, or raise timeout.total',
  ],
  [
    { retry: { backoff: { base: 40_000, cap: 50_000 } } },
    'retry: backoff: base (40000) is longer than the whole call may take (30000): lower it, or raise timeout.total',
  ],
  [
    { retry: { backoff: { base: 2_000, cap: 1_500, throttledBase: 1_501 } } },
    'retry: backoff: base (2000) is longer than cap (1500): lower it, or raise cap',
    'retry: backoff: throttledBase (1501) is longer than cap (1500): lower it, or raise cap',
  ],
  [
    Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => [name, 1])),
    ...Array.from({ length: 5 }, () => expect.stringMatching(/^the policy: there is no option ".";/)),
    'the policy: there are 2 more options that it has not got',
  ],
  [{ log: 'info' }, 'log must be true, false or an object of options, got "info"'],
  [{ log: console }, 'log must be true, false or an object of options, got an object; is it { logger }?'],
  [{ log: { logger: {} } }, 'log: logger must be false, or have info, warn and error, got an object'],
  [{ log: { format: 'json' } }, "log: format must be 'line' or 'object', got \"json\""],
  [{ hooks: true }, 'hooks must be false or an object of options, got true'],
  [{ hooks: { onRequst: () => {} } }, 'hooks: there is no option "onRequst"; did you mean "onRequest"?'],
  [{ hooks: { onEnd: 'log' } }, 'hooks: onEnd must be a function, got "log"'],
  [{ httpErrors: { statuses: ['500'] } }, expect.stringContaining('httpErrors: statuses must have statuses')],
  [{ httpErrors: { problem: 1 } }, 'httpErrors: problem must be true or false, got 1'],
  [{ defaults: true }, 'defaults must be false or an object of options, got true'],
  [{ defaults: { baseUrl: '/v1' } }, expect.stringContaining('defaults: baseUrl must be')],
  [{ defaults: { headers: { 'x y': '1' } } }, expect.stringContaining('defaults: headers')],
  [{ redirects: { max: 1.5 } }, 'redirects: max must be an integer from 0 on, got 1.5'],
  [{ redirects: 5 }, 'redirects must be true, false or an object of options, got 5; is it { max: 5 }?'],
  [{ cookies: { jar: {} } }, 'cookies: jar must be a cookieJar(), got an object'],
  [{ cookies: { jarr: {} } }, 'cookies: there is no option "jarr"; did you mean "jar"?'],
  [{ auth: 'Bearer x' }, 'auth must be a scheme, as in bearer({ token, origins }), got a string'],
  [new Map(), 'the policy must be a plain object, got what is iterated over'],
  [{ auth: { name: 'x', authorize: () => undefined } }, expect.stringContaining('needs origins')],
  [{ proxy: 'ftp://proxy.test' }, expect.stringContaining('proxy')],
  [{ proxy: {} }, 'proxy: give http or https, or both'],
  [{ pool: { connections: 0 } }, 'pool: connections must be a positive integer, got 0'],
  [{ pool: { connection: 5 } }, 'pool: there is no option "connection"; did you mean "connections"?'],
  [{ pool: { tls: { verify: 'no' } } }, expect.stringContaining('pool: tls')],
  [{ pool: { connectTimeout: 10 } }, 'pool: connectTimeout is 10 milliseconds; if seconds are meant, it is 10000'],
]

describe('a policy', () => {
  it.each(rows)('that is %o is refused with what to change, and nothing is made of it', (policy, ...findings) => {
    expect(findingsOf(policy)).toEqual(findings)
    expect(() => Reflect.apply(harden, undefined, [policy])).toThrow(TypeError)
  })

  it('with several faults is told of all of them', () => {
    const policy = {
      retri: {},
      retry: { attempts: 0, statuses: 'x', atempts: 1 },
      timeout: { total: 5 },
      pool: { tls: 5 },
    }
    expect(findingsOf(policy)).toHaveLength(6)
  })

  it.each([
    {},
    { retry: true, circuitBreaker: true, log: true, redirects: true, cookies: true, httpErrors: true, pool: true },
    {
      retry: false,
      circuitBreaker: false,
      timeout: false,
      log: false,
      hooks: false,
      auth: false,
      proxy: false,
      defaults: false,
    },
    { timeout: { total: false, attempt: { headers: 60_000 } }, circuitBreaker: { window: 120_000 } },
    { timeout: { total: { headers: Infinity }, attempt: false }, retry: { maxWait: 600_000 } },
    { timeout: { attempt: { headers: 50 } } },
    { retry: { attempts: 5, statuses: [503], backoff: () => 1, budget: false } },
    { concurrency: { limit: 5, queue: 10, queueTimeout: 1000, until: 'headers', per: 'global' } },
    { proxy: 'env', pool: { connections: 5 } },
    { retry: undefined, timeout: undefined },
  ])('that is sound has no faults: %o', (policy) => {
    expect(findingsOf(policy)).toEqual([])
  })
})
