import { afterEach, expect, it, vi } from 'vitest'
import { log } from './log.ts'

afterEach(() => void vi.restoreAllMocks())

it.each<[string, RequestInit['headers']]>([
  ['a record', { authorization: 'Bearer canary-4711\n' }],
  ['pairs', [['authorization', 'Bearer canary-4711\n']]],
  // The platform takes what can be iterated over, though the types do not say so.
  ['a Map', Object.assign(new Map([['authorization', 'Bearer canary-4711\n']]))],
])('logs a call whose headers, %s, the platform refuses, and not what is secret in them', async (_, headers) => {
  const complaint = vi.spyOn(console, 'error').mockReturnValue()
  const lines: unknown[] = []
  const note = (entry: object, message?: string): void => void lines.push(entry, message)
  const logged = log({ logger: { info: note, warn: note, error: note }, headers: true })((input, init) =>
    fetch(input, init),
  )
  await expect(logged('http://127.0.0.1:9/', { headers: headers ?? {} })).rejects.toThrow(TypeError)
  await vi.waitFor(() => expect(lines).toHaveLength(2))
  expect(JSON.stringify(lines)).toContain('invalid-request')
  expect(JSON.stringify(lines)).not.toContain('canary')
  expect(complaint).not.toHaveBeenCalled()
})
