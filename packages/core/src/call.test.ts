import { describe, expect, it, vi } from 'vitest'
import {
  headersOf,
  initOf,
  isRequest,
  methodOf,
  signalOf,
  urlOf,
  withInit,
  withoutOption,
  withPerCall,
} from './call.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

const url = 'http://service.test/path'

/** What a program may pass though the types say otherwise. */
const odd = <Value>(value: unknown): Value => value as Value

class PostInit {
  readonly #method = 'POST'
  own = 'own'

  get method(): string {
    return this.#method
  }
}

class AuthorizedPostInit extends PostInit {
  get headers(): Record<string, string> {
    return { authorization: 'secret' }
  }
}

describe('initOf', () => {
  it('has what a Request brings along, but for its body', async () => {
    const { signal } = new AbortController()
    const made = {
      method: 'PUT',
      headers: { a: '1' },
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
    } as const
    const request = new Request(url, { ...made, body: 'text', signal, keepalive: true })
    const init = initOf(request, undefined)
    expect(init).toMatchObject({ method: 'PUT', redirect: 'manual', credentials: 'omit', cache: 'no-store' })
    expect(init).toMatchObject({ keepalive: true, signal: request.signal })
    expect([...new Headers(init.headers)]).toEqual([
      ['a', '1'],
      ['content-type', 'text/plain;charset=UTF-8'],
    ])
    expect(init).not.toHaveProperty('body')
    expect(new Request('http://other.test/', init)).toMatchObject({ method: 'PUT', redirect: 'manual' })
    expect(await request.text()).toBe('text')
  })

  it('lets the init win, where it says something', () => {
    const request = new Request(url, { method: 'PUT', headers: { a: '1' } })
    const init = initOf(request, odd<FetchInit>({ method: 'DELETE', headers: undefined, body: 'x', retry: false }))
    expect(init).toMatchObject({ method: 'DELETE', body: 'x', retry: false })
    expect(new Headers(init.headers).get('a')).toBe('1')
    expect(new Headers(initOf(request, { headers: { b: '2' } }).headers).get('a')).toBeNull()
  })

  it('keeps members that it has never heard of, and symbols', () => {
    const symbol = Symbol('mine')
    expect(initOf(new Request(url), odd<FetchInit>({ [symbol]: 1, dispatcher: 2 }))).toMatchObject({
      [symbol]: 1,
      dispatcher: 2,
    })
  })

  it('has headers of its own, which can be read again', () => {
    const headers = new Headers({ a: '1' })
    expect(initOf(url, { headers }).headers).not.toBe(headers)
    expect([...new Headers(initOf(url, undefined).headers)]).toEqual([])
  })
})

describe('withInit', () => {
  it('is a copy with the changes, and leaves the init as it was', () => {
    const init = Object.freeze({ method: 'POST', headers: { a: '1' }, body: 'text' })
    const copy = withInit(init, { method: 'PUT' })
    expect(copy).toEqual({ method: 'PUT', headers: { a: '1' }, body: 'text' })
    expect(copy.headers).toBe(init.headers)
    expect(init.method).toBe('POST')
  })

  it('makes an init where there was none', () => {
    expect(withInit(undefined, { method: 'PUT' })).toEqual({ method: 'PUT' })
    expect(withInit(odd<FetchInit>(null), { method: 'PUT' })).toEqual({ method: 'PUT' })
  })

  it('keeps the options of other layers, and members that it has never heard of', () => {
    const dispatcher = {}
    expect(withInit({ retry: false, dispatcher } as FetchInit, {})).toEqual({ retry: false, dispatcher })
  })

  it('takes the members of a Request that is used as init', async () => {
    const controller = new AbortController()
    const request = new Request(url, {
      method: 'POST',
      body: 'text',
      headers: { a: '1' },
      redirect: 'manual',
      signal: controller.signal,
    })
    const copy = withInit(odd<FetchInit>(request), { credentials: 'omit' })
    expect(copy).toMatchObject({ method: 'POST', redirect: 'manual', credentials: 'omit', duplex: 'half' })
    expect(copy.headers).toBe(request.headers)
    expect(copy.signal).toBe(request.signal)
    expect(request.bodyUsed).toBe(false)
    const made = new Request('http://other.test/', copy)
    expect(made.headers.get('a')).toBe('1')
    expect(await made.text()).toBe('text')
  })

  it('takes the getters of a class, those that it inherits too', () => {
    const copy = withInit(odd<FetchInit>(new AuthorizedPostInit()), { redirect: 'error' })
    expect(copy).toMatchObject({
      method: 'POST',
      headers: { authorization: 'secret' },
      own: 'own',
      redirect: 'error',
    })
    expect(new Request(url, copy).method).toBe('POST')
  })

  it('takes members from an init made with another as its prototype', () => {
    const copy = withInit(Object.create({ method: 'POST', redirect: 'error' }, { redirect: { value: 'manual' } }), {})
    expect(copy).toMatchObject({ method: 'POST', redirect: 'manual' })
  })

  it('takes an init without a prototype', () => {
    const init = Object.assign(Object.create(null), { method: 'POST' })
    expect(withInit(init, { body: 'text' })).toEqual({ method: 'POST', body: 'text' })
  })
})

describe('withoutOption', () => {
  it('has headers that can be read more than once', () => {
    const pairs = (): [string, string][] => odd(new Map([['a', '1']]).entries())
    for (const init of [
      { headers: pairs(), method: 'PUT' },
      { headers: pairs(), own: 'option' },
    ]) {
      const rest = withoutOption('own', init)
      for (let time = 0; time < 2; time += 1) expect([...new Headers(rest?.headers)]).toEqual([['a', '1']])
      expect(Object.keys(rest ?? {})).not.toContain('own')
    }
  })

  it('is the init itself where nothing has to be changed', () => {
    const headers = [undefined, { a: '1' }, new Headers(), [['a', '1']], { next: '1' }]
    for (const init of [{}, ...headers.map((headers) => ({ headers }))]) {
      expect(withoutOption('own', odd<FetchInit>(init))).toBe(init)
    }
  })

  it('is a copy without the option, and leaves the init as it was', () => {
    const init = Object.freeze({ method: 'POST', retry: { attempts: 5 } })
    expect(withoutOption('retry', init)).toEqual({ method: 'POST' })
    expect(init.retry).toEqual({ attempts: 5 })
  })

  it('gives the init itself back when it has no such option', () => {
    const init = { method: 'POST' }
    expect(withoutOption('retry', init)).toBe(init)
    expect(withoutOption('retry', undefined)).toBeUndefined()
    expect(withoutOption('retry', odd<undefined>(null))).toBeNull()
    const request = new Request(url)
    expect(withoutOption('retry', odd<FetchInit>(request))).toBe(request)
  })

  it('drops an option that is undefined', () => {
    expect(Object.keys(withoutOption('retry', { retry: undefined, method: 'POST' }) ?? {})).toEqual(['method'])
  })

  it('drops it from an instance of a class, whose other members stay', () => {
    class WithRetry extends PostInit {
      get retry(): boolean {
        return false
      }
    }
    const rest = withoutOption('retry', odd<FetchInit>(new WithRetry()))
    expect(rest).toMatchObject({ method: 'POST', own: 'own' })
    expect(rest).not.toHaveProperty('retry')
  })

  it('drops it from a Request that was given one as a member', () => {
    const request = Object.assign(new Request(url, { method: 'PUT' }), { retry: false })
    const rest = withoutOption('retry', odd<FetchInit>(request))
    expect(rest).toMatchObject({ method: 'PUT' })
    expect(rest).not.toHaveProperty('retry')
    expect(request.retry).toBe(false)
  })

  it('drops it from an init without a prototype', () => {
    const init = Object.assign(Object.create(null), { method: 'POST', retry: false })
    expect(withoutOption('retry', init)).toEqual({ method: 'POST' })
    expect(init.retry).toBe(false)
  })

  it.each([
    ['POST', '"POST"'],
    [5, '5'],
  ])('refuses an init that is no object: %o', (init, words) => {
    const refusal = new TypeError(`fetch: init must be an object, got ${words}`)
    expect(() => withoutOption('retry', odd<FetchInit>(init))).toThrow(refusal)
  })
})

describe('signalOf', () => {
  const { signal } = new AbortController()
  const other = new AbortController().signal
  const request = new Request(url, { signal: other })

  it('is the signal of the init before that of the Request', () => {
    expect(signalOf(url, { signal })).toBe(signal)
    expect(signalOf(request, { signal })).toBe(signal)
    expect(signalOf(request, {})).toBe(request.signal)
    expect(signalOf(request, undefined)).toBe(request.signal)
    expect(signalOf(request, odd<{ signal?: null }>({ signal: undefined }))).toBe(request.signal)
  })

  it('is none where null says so, and where nobody gave one', () => {
    expect(signalOf(request, { signal: null })).toBeUndefined()
    expect(signalOf(url, {})).toBeUndefined()
    expect(signalOf(new URL(url), undefined)).toBeUndefined()
  })

  it.each([
    [new AbortController(), 'an object that has one: give its signal'],
    [{}, 'an object'],
    ['stop', '"stop"'],
    [500, '500'],
  ])('refuses what is no signal: %o', (signal, words) => {
    const refusal = new TypeError(`fetch: init.signal must be an AbortSignal, got ${words}`)
    expect(() => signalOf(url, odd<FetchInit>({ signal }))).toThrow(refusal)
  })
})

describe('methodOf', () => {
  it('is GET by default, and in upper case', () => {
    expect(methodOf(url, undefined)).toBe('GET')
    expect(methodOf(url, { method: 'post' })).toBe('POST')
    expect(methodOf(url, { method: 'patch' })).toBe('PATCH')
  })

  it('is the method of the init before that of the Request', () => {
    const request = new Request(url, { method: 'PUT' })
    expect(methodOf(request, undefined)).toBe('PUT')
    expect(methodOf(request, { method: 'DELETE' })).toBe('DELETE')
  })

  it('leaves the complaint about what is no method to the platform', () => {
    expect(() => methodOf(url, odd<FetchInit>({ method: 5 }))).not.toThrow()
    expect(methodOf(url, odd<FetchInit>({ method: { toString: () => 'put' } }))).toBe('PUT')
  })
})

describe('headersOf', () => {
  it('is a copy of the headers of the init, in whatever form they are', () => {
    const headers = new Headers({ a: '1' })
    headersOf(url, { headers }).set('a', '2')
    expect(headers.get('a')).toBe('1')
    for (const form of [headers, { a: '1' }, [['a', '1']] as [string, string][]]) {
      expect(headersOf(url, { headers: form }).get('A')).toBe('1')
    }
  })

  it('is that of the Request where the init has none, and not a mixture of both', () => {
    const request = new Request(url, { headers: { a: '1' } })
    expect(headersOf(request, { method: 'PUT' }).get('a')).toBe('1')
    expect([...headersOf(request, { headers: { b: '2' } })]).toEqual([['b', '2']])
    expect([...headersOf(url, undefined)]).toEqual([])
  })
})

describe('urlOf', () => {
  it('is the URL of a string, a URL and a Request', () => {
    for (const input of [url, new URL(url), new Request(url)]) expect(urlOf(input)?.href).toBe(url)
  })

  it('is a copy', () => {
    const input = new URL(url)
    expect(urlOf(input)).not.toBe(input)
  })

  it('is undefined for what is no URL', () => {
    for (const input of ['nonsense', '/path', '', odd<FetchInput>(null), odd<FetchInput>(undefined)]) {
      expect(urlOf(input)).toBeUndefined()
    }
  })

  it('resolves a relative one where the platform has a location', () => {
    vi.stubGlobal('location', { href: 'https://page.test/app/' })
    expect(urlOf('api?q')?.href).toBe('https://page.test/app/api?q')
    vi.unstubAllGlobals()
  })
})

describe('isRequest', () => {
  it('knows a Request, of a subclass and of another realm too', () => {
    class OwnRequest extends Request {}
    const foreign = { url, method: 'GET', headers: [], signal: new AbortController().signal }
    for (const input of [new Request(url), new OwnRequest(url), odd<FetchInput>(foreign)]) {
      expect(isRequest(input)).toBe(true)
    }
  })

  it('is not taken in by what is none', () => {
    const init = { method: 'GET', headers: {} }
    for (const input of [url, new URL(url), ...[null, undefined, 5, init].map((one) => odd<FetchInput>(one))]) {
      expect(isRequest(input)).toBe(false)
    }
  })
})

describe('withPerCall', () => {
  it('puts what one call names in the place of what the layer has, and leaves what it does not', () => {
    const layer = { a: 1, b: 2 }
    expect(withPerCall(layer, { a: 5, b: Reflect.get({}, 'b') })).toEqual({ a: 5, b: 2 })
    expect(withPerCall(layer, undefined)).toEqual(layer)
  })
})
