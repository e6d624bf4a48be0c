export { type NetworkErrorCode, type NetworkErrorFacts, networkError } from './testing/network-error.ts'
export type { RecordedCall } from './testing/recorded-call.ts'
export { type Replies, replies } from './testing/replies.ts'
export { type Always, always, type Reply, type ReplyFunction, type ReplyParts } from './testing/reply.ts'
