import type { Fetch } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { echoOf, sha256 } from './echo.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()
const sent = { method: 'POST', headers: { 'x-test': 'yes' }, sha256: sha256('a body') }
const members = (): RequestInit => ({ method: 'POST', headers: { 'x-test': 'yes' }, body: 'a body' })

class Getters {
  readonly #members = members()
  get method() {
    return this.#members.method
  }
  get headers() {
    return this.#members.headers
  }
  get body() {
    return this.#members.body
  }
}

const forms: Readonly<Record<string, () => RequestInit>> = {
  'a plain object': members,
  'an object without a prototype': () => Object.assign(Object.create(null), members()),
  'an object that inherits its members': () => Object.create(members()),
  'an object with getters of its own': () => ({
    ...members(),
    get body() {
      return 'a body'
    },
  }),
  'a class with getters on its prototype': () => new Getters() as RequestInit,
  'a class that extends another': () => new (class extends Getters {})() as RequestInit,
  'a frozen object': () => Object.freeze(members()),
  'a proxy': () => new Proxy(members(), {}),
  'a Request': () => new Request('http://somewhere.test/else', { ...members(), signal: new AbortController().signal }),
}

/** Pairs that are gone when somebody has looked at them. */
const readOnce: Readonly<Record<string, () => Iterator<[string, string]>>> = {
  Headers: () => new Headers(sent.headers).entries(),
  'a Map': () => new Map(Object.entries(sent.headers)).entries(),
  'a generator': function* () {
    yield* Object.entries(sent.headers)
  },
}

describe.each(subjects)('$name: the init', ({ wrap, options, connects, follows }) => {
  const fetch = wrap(platform)

  it.each(Object.keys(forms))('is %s', async (form) => {
    const init = forms[form]?.()
    expect(await echoOf(fetch(here.url('/echo'), init))).toMatchObject(sent)
  })

  it.each(Object.keys(forms))('is %s, and carries options for the layers', async (form) => {
    const init = forms[form]?.() ?? {}
    const extended: RequestInit = Object.isFrozen(init) ? Object.create(init) : init
    Object.assign(extended, options)
    expect(await echoOf(fetch(here.url('/echo'), extended))).toMatchObject(sent)
  })

  it('is null', async () => {
    expect(await echoOf(Reflect.apply(fetch, undefined, [here.url('/echo'), null]))).toMatchObject({ method: 'GET' })
  })

  it.each([[['http://a.test/']], [['http://a.test/', undefined]], [['http://a.test/', {}]]])(
    'arrives at the fetch below as what any fetch takes when it was %j',
    async (call) => {
      const inner = scriptedFetch()
      await Reflect.apply(wrap(inner), undefined, call)
      const init = inner.calls[0]?.init
      expect(init === undefined || Object.getPrototypeOf(init) === Object.prototype).toBe(true)
      for (const [member, value] of Object.entries(init ?? {})) {
        if (member === 'dispatcher') expect(connects).toBe(true)
        else if (member === 'redirect') expect([follows, value]).toEqual([true, 'manual'])
        else expect([member, value]).toEqual(['signal', expect.any(AbortSignal)])
      }
    },
  )

  it.each(Object.keys(readOnce))('may have headers that can be read once, those of %s', async (of) => {
    const again = retry({ backoff: () => 1 })
    for (const around of [(inner: Fetch) => again(wrap(inner)), (inner: Fetch) => wrap(again(inner))]) {
      const inner = scriptedFetch(networkError('ECONNRESET'), 200)
      const headers = readOnce[of]?.()
      await Reflect.apply(around(inner), undefined, ['http://a.test/', { headers }])
      const told = inner.calls.map(({ init }) => new Headers(init?.headers).get('x-test'))
      expect(told).toEqual(['yes', 'yes'])
    }
  })

  it.each(['signal', 'body', 'headers', 'method'])('may have an undefined %s', async (member) => {
    const told = await echoOf(fetch(here.url('/echo'), { [member]: undefined }))
    expect(told).toMatchObject({ method: 'GET', length: 0 })
  })
})
