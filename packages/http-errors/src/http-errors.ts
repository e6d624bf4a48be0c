import {
  assertFunction,
  assertOptions,
  assertResponse,
  attemptsOf,
  inWords,
  type Middleware,
  methodOf,
  recordAttempts,
  signalOf,
  urlTextOf,
  withoutOption,
  withPerCall,
} from '@steadfetch/core'
import { HttpError } from './http-error.ts'
import { isProblem, type Problem, problemOf } from './problem.ts'
import { readAhead } from './read-ahead.ts'
import { type StatusPattern, statusMatcher } from './status-matcher.ts'

export { HttpError, type HttpErrorDetails } from './http-error.ts'
export type { Problem } from './problem.ts'
export type { StatusPattern } from './status-matcher.ts'

/** Options of {@link httpErrors}. */
export interface HttpErrorsOptions {
  /** The statuses that are errors, one by one or by their class. @default ['4xx', '5xx'] */
  statuses?: readonly StatusPattern[]
  /** Those of them that are none. @default [] */
  except?: readonly StatusPattern[]
  /** Reads what an `application/problem+json` tells (RFC 9457), up to 64 KiB, into the error. @default false */
  problem?: boolean
  /**
   * Reads any body of up to 64 KiB before the error is thrown, so that an error whose response nobody reads holds no
   * connection. It can be read afterwards all the same. @default false
   */
  readAhead?: boolean
}

/**
 * Turns a response whose status tells of a failure into an {@link HttpError}, which has the response with it.
 *
 * It belongs outermost: layers outside of it see an error in place of the response. A per-call
 * `{ httpErrors: { except: [404] } }` changes the options that it names, for the outermost httpErrors of a stack;
 * `{ httpErrors: false }` turns that one off.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 */
export function httpErrors(options: HttpErrorsOptions = {}): Middleware<{ httpErrors?: HttpErrorsOptions | false }> {
  const own = { ...options }
  const policyOfLayer = policyOf(options)
  return (fetch) => {
    assertFunction('httpErrors: fetch', fetch)
    return async function httpErrors(input, init) {
      const perCall = init?.httpErrors
      const rest = withoutOption('httpErrors', init)
      if (perCall === false) return fetch(input, rest)
      if (perCall !== undefined) assertOptions('httpErrors', perCall, names)
      const policy = perCall === undefined ? policyOfLayer : policyOf(withPerCall(own, perCall))

      const response = await fetch(input, rest)
      assertResponse('httpErrors', response)
      if (!policy.isError(response.status)) return response

      const problem = await read(response, policy, signalOf(input, rest))
      const url = response.url || urlTextOf(input)
      const error = new HttpError(response, { method: methodOf(input, rest), url, problem })
      const log = attemptsOf(response)
      if (log) recordAttempts(error, log)
      throw error
    }
  }
}

const names = ['statuses', 'except', 'problem', 'readAhead']

interface Policy {
  readonly problem: boolean
  readonly readAhead: boolean
  isError(status: number): boolean
}

function policyOf(options: HttpErrorsOptions): Policy {
  assertOptions('httpErrors', options, names)
  const { statuses = ['4xx', '5xx'], except = [], problem = false, readAhead = false } = options
  const isMeant = statusMatcher('httpErrors: statuses', statuses)
  const isExcepted = statusMatcher('httpErrors: except', except)
  for (const [name, value] of Object.entries({ problem, readAhead })) {
    if (typeof value !== 'boolean')
      throw new TypeError(`httpErrors: ${name} must be true or false, got ${inWords(value)}`)
  }
  return { problem, readAhead, isError: (status) => isMeant(status) && !isExcepted(status) }
}

/** What is to be read of the response before the error is thrown, and the problem that it tells of. */
async function read(response: Response, policy: Policy, signal: AbortSignal | undefined): Promise<Problem | undefined> {
  const tellsProblem = policy.problem && isProblem(response)
  if (!tellsProblem && !policy.readAhead) return undefined
  const body = await readAhead(response, signal)
  return tellsProblem && body ? problemOf(body) : undefined
}
