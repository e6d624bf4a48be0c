import type * as Hooks from '@steadfetch/hooks'
import * as hooks from '@steadfetch/hooks'
import { pattern } from '@steadfetch/test-support/pattern'
import * as timeout from '@steadfetch/timeout'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { echoOf, sha256 } from './echo.ts'
import { failureOf } from './failure.ts'
import { secondCopy } from './second-copy.ts'
import { serving } from './serving.ts'
import * as table from './subjects.ts'
import { platform } from './subjects.ts'

const here = serving()
const hour = 3_600_000
const size = 100_000
const often = { interval: 2, timeout: 5000 }

const copies = secondCopy()
const others: typeof table = await import(/* @vite-ignore */ copies.subjects)
const otherTimeout: typeof timeout = await import(/* @vite-ignore */ copies.entry('timeout'))
const otherHooks: typeof Hooks = await import(/* @vite-ignore */ copies.entry('hooks'))

afterAll(() => copies[Symbol.dispose]())

const pairs = table.middleware.flatMap((subject, position) => {
  const other = others.middleware[position] ?? subject
  const { name, options } = subject
  return [
    { name: `${name}, the other copy inside`, options, fetch: subject.wrap(other.wrap(platform)) },
    { name: `${name}, the other copy outside`, options, fetch: other.wrap(subject.wrap(platform)) },
  ]
})

it('the copies have nothing in common', () => {
  expect(others.middleware).toHaveLength(table.middleware.length)
  expect(others.platform).not.toBe(platform)
  expect(otherTimeout.TimeoutError).not.toBe(timeout.TimeoutError)
  expect(otherHooks.hooks).not.toBe(hooks.hooks)
})

describe.each(pairs)('two copies of $name', ({ name, options, fetch }) => {
  it.each(['/bytes', '/bytes?chunked=1', '/gzip'])('bring the bytes of %s', async (path) => {
    const response = await fetch(here.url(path, { size }), { ...options })
    const clone = response.clone()
    const bodies = await Promise.all([response.bytes(), new Response(clone.body).bytes()])
    expect(bodies.map(sha256)).toEqual([sha256(pattern(size)), sha256(pattern(size))])
    expect([response.bodyUsed, clone.bodyUsed]).toEqual([true, true])
  })

  it('send a body once and whole', async () => {
    const request = new Request(here.url('/echo'), { method: 'POST', body: pattern(size) })
    expect(await echoOf(fetch(request, { ...options }))).toMatchObject({ sha256: sha256(pattern(size)) })
  })

  it.each(['/silent', '/stall'])('hand on the reason of an abort at %s', async (path) => {
    const key = `${name} ${path}`
    const caller = new AbortController()
    const calling = fetch(here.url(path, { key }), { ...options, signal: caller.signal })
    const failing = failureOf(calling.then((response) => response.text()))
    await vi.waitUntil(() => here.server.hits(key) === 1, often)
    if (path === '/stall') await calling
    const reason = { why: 'enough' }
    caller.abort(reason)
    expect(await failing).toBe(reason)
    await vi.waitUntil(() => here.server.openExchanges === 0, often)
  })

  it('leave an error as it is', async () => {
    expect(await failureOf(fetch('http://'))).toBeInstanceOf(TypeError)
  })
})

describe('two copies that look at the chunks of a body', () => {
  it('both count its bytes', async () => {
    const counts: unknown[] = []
    const counting = { bytes: true, onEnd: ({ bytes, outcome }: Hooks.EndEvent) => void counts.push([outcome, bytes]) }
    const fetch = hooks.hooks(counting)(otherHooks.hooks(counting)(platform))
    await (await fetch(here.url('/bytes', { size }))).arrayBuffer()
    await vi.waitUntil(() => counts.length === 2, often)
    expect(counts).toEqual([
      ['complete', size],
      ['complete', size],
    ])
  })

  it.each(['outer', 'inner'])('keep to the idle limit of the %s', async (tighter) => {
    const limits = (place: string) => ({ idle: place === tighter ? 50 : hour })
    const fetch = timeout.timeout(limits('outer'))(otherTimeout.timeout(limits('inner'))(platform))
    const caller = new AbortController()
    const response = await fetch(here.url('/stall?after=16'), { signal: caller.signal })
    const guard = setTimeout(() => caller.abort('nobody has kept to it'), 3000)
    expect(await failureOf(response.text())).toMatchObject({ name: 'TimeoutError', option: 'idle', limit: 50 })
    clearTimeout(guard)
  })
})
