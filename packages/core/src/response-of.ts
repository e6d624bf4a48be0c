import { errorKind } from './error-kind.ts'

/** What a server has answered, where a layer below has made an `HttpError` of it; undefined of any other error. */
export function responseOf(error: unknown): Response | undefined {
  if (errorKind(error) !== 'http-status') return undefined
  const { response } = Object(error) as { response?: Response }
  return typeof response?.status === 'number' ? response : undefined
}
