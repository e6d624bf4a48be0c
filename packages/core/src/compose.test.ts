import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { expect, it } from 'vitest'
import { compose } from './compose.ts'
import type { Fetch, Middleware } from './fetch.ts'

expectNoUnhandledRejection()

const url = 'http://service.test/'

/** A layer that writes down when a call comes in and goes out through it. */
function traced(name: string, trace: string[]): Middleware {
  return (fetch) => async (input, init) => {
    trace.push(`${name} in`)
    const response = await fetch(input, init)
    trace.push(`${name} out`)
    return response
  }
}

it('makes the first layer the outermost', async () => {
  const trace: string[] = []
  await compose(traced('a', trace), traced('b', trace), traced('c', trace))(scriptedFetch(200))(url)
  expect(trace).toEqual(['a in', 'b in', 'c in', 'c out', 'b out', 'a out'])
})

it('makes a middleware again, which stacks like any other', async () => {
  const trace: string[] = []
  const inner = compose(traced('b', trace), traced('c', trace))
  await compose(traced('a', trace), inner, traced('d', trace))(scriptedFetch(200))(url)
  expect(trace.slice(0, 4)).toEqual(['a in', 'b in', 'c in', 'd in'])
})

it('gives the fetch itself back when there are no layers', () => {
  const fetch = scriptedFetch(200)
  expect(compose()(fetch)).toBe(fetch)
})

it('passes the arguments of the call and the response on as the same objects', async () => {
  const response = new Response()
  const fetch = scriptedFetch(() => response)
  const init = { headers: { a: '1' } }
  const input = new URL(url)
  expect(await compose(traced('a', []), traced('b', []))(fetch)(input, init)).toBe(response)
  expect(fetch.calls[0]?.input).toBe(input)
  expect(fetch.calls[0]?.init).toBe(init)
})

it('takes plain functions from fetch to fetch', async () => {
  const plain = (fetch: typeof globalThis.fetch): typeof globalThis.fetch => {
    return (input, init) => fetch(input, { ...init, method: 'PUT' })
  }
  const fetch = scriptedFetch(200)
  await compose(plain, traced('a', []), plain)(fetch)(url)
  expect(fetch.calls[0]?.init?.method).toBe('PUT')
})

it('wraps anew each time, so that state is not shared', async () => {
  const counting: Middleware = (fetch) => {
    let calls = 0
    return async (input, init) => {
      calls += 1
      await fetch(input, init)
      return new Response(String(calls))
    }
  }
  const stack = compose(counting)
  const [first, second] = [stack(scriptedFetch(200)), stack(scriptedFetch(200))]
  await first(url)
  expect(await (await first(url)).text()).toBe('2')
  expect(await (await second(url)).text()).toBe('1')
})

it('names the argument that is not a function, before any fetch is wrapped', () => {
  const composeAny = compose as (...layers: unknown[]) => unknown
  expect(() => composeAny(traced('a', []), undefined)).toThrow(
    new TypeError('compose: argument 2 must be a function, got undefined'),
  )
  expect(() => composeAny({ after: 5 })).toThrow(new TypeError('compose: argument 1 must be a function, got an object'))
})

it('names the fetch that is not a function', () => {
  const wrapAny = compose(traced('a', [])) as (fetch: unknown) => unknown
  expect(() => wrapAny(undefined)).toThrow(new TypeError('compose: fetch must be a function, got undefined'))
})

it('names the layer that gives no fetch back', () => {
  const forgetful = ((): void => {}) as unknown as (fetch: Fetch) => Fetch
  expect(() => compose(forgetful, traced('b', []))(scriptedFetch(200))).toThrow(
    new TypeError('compose: what argument 1 returns must be a function, got undefined'),
  )
})

it('names the fetch that stands where a layer should, and leaves nothing of its call behind', () => {
  const fetchAsLayer = (async (input: unknown) => {
    throw new TypeError(`no URL: ${input}`)
  }) as unknown as (fetch: Fetch) => Fetch
  expect(() => compose(fetchAsLayer)(scriptedFetch(200))).toThrow(
    'compose: what argument 1 returns must be a function, got a promise: is it a fetch, where a middleware is needed?',
  )
})
