import { findHub, hubOf } from './hub.ts'

/**
 * When the call governed by `signal` has to have its response, on the clock of `performance.now()`; `Infinity` where
 * nobody said.
 */
export function deadlineOf(signal: AbortSignal | undefined): number {
  return (signal && findHub(signal)?.deadline) ?? Number.POSITIVE_INFINITY
}

/** Lets the layers below know by when the call of `signal` has to have its response. */
export function setDeadline(signal: AbortSignal, deadline: number): void {
  if (deadline !== Number.POSITIVE_INFINITY) hubOf(signal).deadline = deadline
}
