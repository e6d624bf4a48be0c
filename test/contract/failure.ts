import { errorKind } from '@steadfetch/core'

/** What a call, or the reading of a body, fails with; that may be any value. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it has not failed')
}

/** A failure as far as it is the same each time: its class, its message, its causes. */
export function shapeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, cause } = error
  const code = 'code' in error ? error.code : undefined
  return { class: error.constructor, name, message: withoutPorts(message), code, cause: cause && shapeOf(cause) }
}

/** What of a failure is the same whichever client has met it. */
export function outlineOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  return { class: error.constructor, name: error.name, message: withoutPorts(error.message), kind: errorKind(error) }
}

function withoutPorts(message: string): string {
  return message.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1')
}
