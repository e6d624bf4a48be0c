export { abortable, onAbort } from './abort.ts'
export { initAsMade, inputAsMade } from './as-made.ts'
export {
  assertDuration,
  assertFunction,
  assertList,
  assertOptions,
  assertResponse,
  assertWhole,
  inWords,
} from './assert.ts'
export { type Attempt, type AttemptLog, attemptsOf, recordAttempts, type StopReason } from './attempts.ts'
export { onBodyEnd } from './body-end.ts'
export { type BodyWatcher, watchBody } from './body-reads.ts'
export {
  headersOf,
  initOf,
  isRequest,
  methodOf,
  signalOf,
  urlOf,
  urlTextOf,
  withInit,
  withoutOption,
  withPerCall,
} from './call.ts'
export { cancelUpload } from './cancel-upload.ts'
export { causedBy } from './caused-by.ts'
export { compose } from './compose.ts'
export { deadlineOf, setDeadline } from './deadline.ts'
export { DerivedSignal, type Waiting } from './derived-signal.ts'
export { discard } from './discard.ts'
export { type ErrorKind, errorKind, errorKinds } from './error-kind.ts'
export type { Fetch, FetchInit, FetchInput, Middleware } from './fetch.ts'
export { assertPer, Keyed, keyOf, keyOfUrl, type Per } from './keyed.ts'
export { Line, type Place } from './line.ts'
export { prepareReplay, type Replay, type ReplayOptions, replayMaxBytes } from './replay.ts'
export { reportUncaught } from './report-uncaught.ts'
export { fetchAt } from './request-at.ts'
export { responseOf } from './response-of.ts'
export { retryAfterOf } from './retry-after.ts'
export { isSecretName, lettersOf } from './secret-names.ts'
export { sleep, startTimer, type Timer } from './timer.ts'
export { UnreplayableBodyError } from './unreplayable-body-error.ts'
export { type ExchangeEnd, type Outcome, WatchedExchange } from './watched-exchange.ts'
