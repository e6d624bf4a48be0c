import {
  assertFunction,
  assertResponse,
  cancelUpload,
  type FetchInit,
  type FetchInput,
  inWords,
  type Middleware,
  onBodyEnd,
  responseOf,
  retryAfterOf,
  signalOf,
  withoutOption,
} from '@steadfetch/core'
import type { Circuit, Permit } from './circuit.ts'
import { type Circuits, type CircuitsOptions, circuits } from './circuits.ts'
import { verdictOnError, verdictOnStatus } from './verdict.ts'

export type { CircuitState } from './circuit.ts'
export { CircuitOpenError } from './circuit-open-error.ts'
export { type Circuits, type CircuitsOptions, circuits, type StateChange } from './circuits.ts'

/** Options of {@link circuitBreaker}: those of circuits of its own, or circuits made elsewhere. */
export interface CircuitBreakerOptions extends CircuitsOptions {
  /** Circuits to share with other breakers, or to look at; the other options are theirs then. */
  circuits?: Circuits
}

/**
 * Stops calling a service that fails, and lets one call through now and then to see whether it has recovered.
 *
 * It counts what it sees: attempts inside of a retry, whole operations outside of it. The response or the error of a
 * call that was made is handed on as it is. A per-call `{ circuitBreaker: false }` makes the call whatever the state
 * is, and does not count it.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 * @returns a middleware whose fetch fails with a {@link CircuitOpenError} while a circuit is open.
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): Middleware<{ circuitBreaker?: false }> {
  const circuitsOfLayer = circuitsFrom(options)
  return (fetch) => {
    assertFunction('circuitBreaker: fetch', fetch)
    const circuits = circuitsOfLayer()
    return async function circuitBreaker(input, init) {
      const perCall = init?.circuitBreaker
      const rest = withoutOption('circuitBreaker', init)
      if (perCall === false) return fetch(input, rest)
      if (perCall !== undefined)
        throw new TypeError(`circuitBreaker: per call it is false or absent, got ${inWords(perCall)}`)

      const signal = signalOf(input, rest)
      const circuit = circuits.of(input)
      const permit = admitted(circuit, signal, input, rest)
      try {
        const response = await fetch(input, rest)
        assertResponse('circuitBreaker', response)
        const verdict = verdictOnStatus(response.status)
        const bodyPermit = circuit.settle(permit, verdict, verdict === 'failure' ? retryAfterOf(response.headers) : 0)
        if (verdict !== 'failure') onBodyEnd(response, bodyEnding(circuit, bodyPermit, signal))
        return response
      } catch (error) {
        circuit.settle(permit, verdictOnError(error, signal), retryAfterOf(responseOf(error)?.headers))
        throw error
      }
    }
  }
}

/** @throws what the call fails with when it must not be made; nothing else would let go of its body then. */
function admitted(
  circuit: Circuit,
  signal: AbortSignal | undefined,
  input: FetchInput,
  init: FetchInit | undefined,
): Permit {
  try {
    signal?.throwIfAborted()
    return circuit.admit()
  } catch (reason) {
    cancelUpload(input, init, reason)
    throw reason
  }
}

/** In a function of its own: a closure made beside the response would keep it alive. */
function bodyEnding(circuit: Circuit, permit: Permit, signal: AbortSignal | undefined): (error?: unknown) => void {
  return (error) => {
    if (error !== undefined && verdictOnError(error, signal) === 'failure') circuit.settle(permit, 'failure')
  }
}

function circuitsFrom(options: CircuitBreakerOptions): () => Circuits {
  const shared = options?.circuits
  if (shared === undefined) {
    circuits(options).close()
    const own = { ...options }
    return () => circuits(own)
  }
  if (typeof shared?.of !== 'function') {
    throw new TypeError(`circuitBreaker: circuits must be made by circuits(), got ${inWords(shared)}`)
  }
  const other = Object.keys(options).find((name) => name !== 'circuits')
  if (other)
    throw new TypeError(`circuitBreaker: give ${JSON.stringify(other)} to circuits(): the shared ones have theirs`)
  return () => shared
}
