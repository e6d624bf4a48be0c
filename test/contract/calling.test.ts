import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { middleware, platform, subjects } from './subjects.ts'

const url = 'http://a.test/'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each(subjects)('$name: the function', ({ wrap }) => {
  it('is called without a this, or with any', async () => {
    const holder = { fetch: wrap(scriptedFetch()) }
    const { fetch } = holder
    expect((await fetch(url)).status).toBe(200)
    expect((await holder.fetch(url)).status).toBe(200)
    for (const self of [undefined, null, {}, 1, globalThis]) {
      expect(await Reflect.apply(fetch, self, [url])).toMatchObject({ status: 200 })
    }
    expect(await fetch.call(new Map(), url)).toMatchObject({ status: 200 })
    expect(await fetch.bind(new Map())(url)).toMatchObject({ status: 200 })
  })

  it('calls the fetch below without a this, as browsers want it', async () => {
    const seen: unknown[] = []
    const inner = async function (this: unknown): Promise<Response> {
      seen.push(this)
      return new Response(null, { status: seen.length < 3 ? 503 : 200 })
    }
    const fetch = wrap(inner)
    while (seen.length < 3) await fetch(url)
    expect(seen).toEqual([undefined, undefined, undefined])
  })

  it('returns a promise of the platform’s', () => {
    expect(wrap(scriptedFetch())(url)).toBeInstanceOf(Promise)
  })

  it('calls the global fetch of the moment, where that is the fetch below', async () => {
    const fetch = wrap(platform)
    const stub = scriptedFetch(418)
    vi.stubGlobal('fetch', stub)
    expect((await fetch(url)).status).toBe(418)
    expect(stub.calls).toHaveLength(1)
  })

  it('can be wrapped again', async () => {
    const inner = scriptedFetch()
    expect(await (await wrap(wrap(wrap(inner)))(url)).text()).toBe('status 200')
    expect(inner.calls).toHaveLength(1)
  })

  it('can wrap two that have nothing to do with each other', async () => {
    const [one, other] = [scriptedFetch(201), scriptedFetch(202)]
    const [first, second] = [wrap(one), wrap(other)]
    expect((await first(url)).status).toBe(201)
    expect((await second(url)).status).toBe(202)
  })
})

describe.each(middleware)('$name: the function', ({ name, wrap, options }) => {
  const [outermost = name.split(',')[0]] = Object.keys(options)

  it('has the name of its outermost layer', () => {
    expect(wrap(platform).name).toBe(outermost)
  })

  it.runIf(Object.keys(options).length === 1)('shows in the stack of an error from below', async () => {
    let stack: string | undefined
    const fetch = wrap(async () => {
      stack = new Error('from below').stack
      return new Response()
    })
    await fetch(url)
    expect(stack).toMatch(new RegExp(`at (async )?${outermost} `))
  })
})
