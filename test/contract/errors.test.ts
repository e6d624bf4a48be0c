import type { FetchInput } from '@steadfetch/core'
import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { failureOf, outlineOf, shapeOf } from './failure.ts'
import { reasons } from './reasons.ts'
import { serving } from './serving.ts'
import { control, middleware, platform, subjects } from './subjects.ts'

const here = serving()
const url = 'http://a.test/'

const thrown: readonly (readonly [name: string, error: unknown])[] = [
  ...reasons,
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['a TypeError', new TypeError('fetch failed')],
  ['a network error', networkError('ECONNRESET')],
  ['a frozen network error', Object.freeze(networkError('ECONNREFUSED'))],
  ['an error that is its own cause', circular()],
  ['an AbortError', new DOMException('not by the caller', 'AbortError')],
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['a Response', new Response('thrown')],
]

function circular(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}

const wrongCalls: Readonly<Record<string, () => [FetchInput, object?]>> = {
  'an empty URL, where nothing is relative': () => [''],
  'a URL that is none': () => ['http://'],
  'a relative URL': () => ['/json'],
  'an unknown scheme': () => ['nonsense://a.test/'],
  'a URL with credentials': () => ['http://user:secret@a.test/'],
  'a blocked port': () => ['http://127.0.0.1:25/'],
  'the name of a header that is none': () => [url, { headers: { 'x y': '1' } }],
  'a value of a header that is none': () => [url, { headers: { 'x-y': 'a\nb' } }],
  'headers that are none': () => [url, { headers: 1 }],
  'a GET with a body': () => [url, { body: 'x' }],
  'a forbidden method': () => [url, { method: 'TRACE' }],
  'a method that is none': () => [url, { method: 'a b' }],
  'a redirect that is none': () => [url, { redirect: 'elsewhere' }],
  'a stream without duplex': () => [url, { method: 'POST', body: new ReadableStream() }],
  'a Request that was used': () => {
    const request = new Request(url, { method: 'POST', body: 'x' })
    request.text().catch(() => {})
    return [request]
  },
}

describe.each(subjects)('$name: what the fetch below fails with', ({ wrap, options, connects }) => {
  const seen = connects ? outlineOf : shapeOf

  it.each(thrown)('arrives as it is when it is %s', async (_, error) => {
    const failing = wrap(() => Promise.reject(error))(url, { ...options })
    expect(await failureOf(failing)).toBe(error)
  })

  it('is as it was', async () => {
    const error = networkError('ECONNRESET')
    const before = Object.getOwnPropertyDescriptors(error)
    await failureOf(wrap(() => Promise.reject(error))(url))
    expect(Object.getOwnPropertyDescriptors(error)).toEqual(before)
  })

  it('is that of the last call where there were more than one', async () => {
    const errors: Error[] = []
    const failing = wrap(async () => {
      const error = networkError('ECONNRESET')
      errors.push(error)
      throw error
    })(url)
    expect(await failureOf(failing)).toBe(errors.at(-1))
  })

  it.each(['/reset', '/close', '/malformed?as=response', '/malformed?as=headers-overflow'])(
    'at %s is what it is with the platform',
    async (path) => {
      const init = { method: 'POST' }
      const failure = seen(await failureOf(wrap(platform)(here.url(path), { ...options, ...init })))
      expect(failure).toEqual(seen(await failureOf(platform(here.url(path), init))))
      expect(failure).toMatchObject({ class: TypeError, message: 'fetch failed' })
    },
  )

  it.each(['/reset?at=body', '/close?at=body', '/truncate?as=length', '/truncate?as=chunked', '/bad-gzip'])(
    'in the body of %s is what it is with the platform',
    async (path) => {
      const failure = seen(await failureOf((await wrap(platform)(here.url(path), { ...options })).text()))
      expect(failure).toEqual(seen(await failureOf((await platform(here.url(path))).text())))
      expect(failure).toMatchObject({ class: TypeError, message: 'terminated' })
    },
  )

  it.each(Object.keys(wrongCalls))('for %s is the platform’s own TypeError', async (mistake) => {
    const call = wrongCalls[mistake] ?? (() => [url])
    const failure = await failureOf(Reflect.apply(wrap(platform), undefined, call()))
    const expected = await failureOf(Reflect.apply(platform, undefined, call()))
    expect(failure).toBeInstanceOf(TypeError)
    expect(shapeOf(failure)).toEqual(shapeOf(expected))
  })

  it('is tried once when the call itself is wrong', async () => {
    const inner = scriptedFetch((input, init) => platform(input, init))
    await failureOf(wrap(inner)('http://', { ...options }))
    expect(inner.calls).toHaveLength(1)
  })
})

describe.each(middleware)('$name: a fetch below that throws at once', ({ wrap }) => {
  it.each(thrown)('is a call that rejects, with %s', async (_, error) => {
    const fetch = wrap(() => {
      throw error
    })
    let calling: Promise<Response> | undefined
    expect(() => {
      calling = fetch(url)
    }).not.toThrow()
    expect(await failureOf(Promise.resolve(calling))).toBe(error)
  })
})

it('is no promise of the control, whose function is the one below', () => {
  expect(control.wrap(platform)).toBe(platform)
})
