import {
  assertDuration,
  assertFunction,
  assertList,
  assertOptions,
  assertWhole,
  type ErrorKind,
  errorKinds,
  inWords,
  replayMaxBytes,
  withPerCall,
} from '@steadfetch/core'
import { type Backoff, fullJitter } from './backoff.ts'
import type { RetryOptions } from './retry.ts'

/** The options of a retry layer, checked, and with nothing left open. */
export interface Policy {
  readonly attempts: number
  readonly statuses: ReadonlySet<number>
  readonly methods: ReadonlySet<string>
  readonly errors: ReadonlySet<ErrorKind>
  readonly backoff: Backoff
  readonly maxWait: number
  readonly maxBytes: number
  readonly onRetry: NonNullable<RetryOptions['onRetry']> | undefined
}

const known = ['attempts', 'statuses', 'methods', 'errors', 'backoff', 'maxWait', 'budget', 'replay', 'onRetry']

/**
 * The options of a layer, and those of one call that go before them.
 *
 * @throws {TypeError | RangeError} that names the option.
 */
export function policyOf(layer: RetryOptions, perCall: RetryOptions = {}): Policy {
  assertOptions('retry', layer, known)
  assertOptions('retry', perCall, known)
  const {
    attempts = 3,
    statuses = [408, 425, 429, 500, 502, 503, 504],
    methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY'],
    errors = ['timeout', 'dns', 'refused', 'reset', 'network'],
    backoff = {},
    maxWait = 60_000,
    budget,
    replay = {},
    onRetry,
  } = withPerCall(layer, perCall)
  assertWhole('retry: attempts', attempts, 1)
  assertList('retry: statuses', statuses, 'status codes', isStatus)
  assertList('retry: methods', methods, 'method names', isMethod)
  assertList('retry: errors', errors, `error kinds (${errorKinds.join(', ')})`, (kind) =>
    errorKinds.some((known) => known === kind),
  )
  assertDuration('retry: maxWait', maxWait)
  assertOptions('retry: replay', replay, ['maxBytes'])
  const { maxBytes = replayMaxBytes } = replay
  assertWhole('retry: replay.maxBytes', maxBytes, 0)
  if (budget !== undefined && budget !== false && typeof budget?.pay !== 'function') {
    throw new TypeError(`retry: budget must be false or made by retryBudget(), got ${inWords(budget)}`)
  }
  if (onRetry !== undefined) assertFunction('retry: onRetry', onRetry)
  return {
    attempts,
    statuses: new Set(statuses),
    methods: new Set(methods.map((method) => method.toUpperCase())),
    errors: new Set(errors),
    backoff: typeof backoff === 'function' ? backoff : fullJitter(backoff),
    maxWait,
    maxBytes,
    onRetry,
  }
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && Number(status) >= 100 && Number(status) <= 599
}

/** A token, by RFC 9110, section 9.1. */
function isMethod(method: unknown): boolean {
  return typeof method === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(method)
}
