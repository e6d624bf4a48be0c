import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { assertPer, Keyed, keyOf, keyOfUrl } from './keyed.ts'

describe('keyOf', () => {
  it.each([
    ['a string', 'https://api.test:8443/path?query#fragment'],
    ['a URL', new URL('https://api.test:8443/path')],
    ['a Request', new Request('https://api.test:8443/path')],
    ['credentials in the URL', 'https://user:password@api.test:8443/'],
    ['upper case', 'HTTPS://API.TEST:8443'],
  ])('is the origin of %s', (_, input) => {
    expect(keyOf('layer', 'origin', input)).toBe('https://api.test:8443')
  })

  it('is what the platform makes of a URL, in whatever way it is written', () => {
    const label = fc.stringMatching(/^[a-z0-9A-Z_-]{1,6}$/)
    const host = fc.oneof(
      fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
      fc.domain(),
      fc.ipV4(),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.')),
    )
    const port = fc.oneof(
      fc.constantFrom('', ':80', ':443', ':8080', ':0', ':08', ':', ':x'),
      fc.integer({ min: 0, max: 70_000 }).map((number) => `:${number}`),
    )
    const rest = fc.constantFrom('', '/', '/a/b', '?q', '#f', '\\x', '@b.test', ' ', '%')
    const scheme = fc.constantFrom('http://', 'https://', 'HTTP://', 'http:', 'ftp://', ' http://')
    const url = fc.tuple(scheme, host, port, rest).map((parts) => parts.join(''))
    fc.assert(
      fc.property(url, (text) => {
        expect(keyOf('layer', 'origin', text)).toBe(URL.parse(text)?.origin ?? '')
      }),
      {
        numRuns: 2000,
      },
    )
    for (const text of [
      'https://a.test',
      'https://a.test?x',
      'https://api-1.a.test/x',
      'https://xn--a.test/',
      'https://a--b.test/',
      'http://localhost:3000/',
      'http://service-1:8080/',
      'http://127.0.0.1:45003/',
      'http://127.0.0.01/',
      'http://127.1/',
      'http://a.1/',
      'http://a.0x1/',
      'http://a.b1:65535/',
    ]) {
      expect(keyOf('layer', 'origin', text)).toBe(URL.parse(text)?.origin ?? '')
    }
  })

  it('tells schemes, hosts and ports apart, and takes the default port for none', () => {
    const origins = ['http://a.test', 'https://a.test', 'http://b.test', 'http://a.test:8080']
    expect(new Set(origins.map((origin) => keyOf('layer', 'origin', origin))).size).toBe(4)
    expect(keyOf('layer', 'origin', 'http://a.test:80/')).toBe(keyOf('layer', 'origin', 'http://a.test/'))
  })

  it('is one for everything when it is global', () => {
    for (const input of ['http://a.test', 'https://b.test', 'nonsense'])
      expect(keyOf('layer', 'global', input)).toBe('')
  })

  it('is what the function makes of the URL', () => {
    const first = (url: URL): string => url.pathname.split('/')[1] ?? ''
    expect(keyOf('layer', first, 'http://a.test/tenant/7')).toBe('tenant')
    expect(keyOf('layer', first, new Request('http://a.test/other/7'))).toBe('other')
  })

  it('gives the function a URL of its own', () => {
    const input = new URL('http://a.test/x')
    keyOf(
      'layer',
      (url) => {
        url.hostname = 'changed.test'
        return url.href
      },
      input,
    )
    expect(input.href).toBe('http://a.test/x')
  })

  it('throws what the function throws', () => {
    const failure = new Error('no key')
    const per = (): string => {
      throw failure
    }
    expect(() => keyOf('layer', per, 'http://a.test')).toThrow(failure)
  })

  it('has one key for data: URLs and one for what is no URL, and leaves the complaint to the platform', () => {
    expect(keyOf('layer', 'origin', 'data:text/plain,a')).toBe('null')
    const per = vi.fn(() => 'key')
    for (const input of ['nonsense', '/relative', '', 'http://']) {
      expect(keyOf('layer', 'origin', input)).toBe('')
      expect(keyOf('layer', per, input)).toBe('')
    }
    expect(per).not.toHaveBeenCalled()
  })
})

describe('a key that is no string', () => {
  it.each([
    [async (url: URL) => url.host, 'a promise'],
    [() => ({}), 'an object'],
    [() => undefined, 'undefined'],
    [() => 7, '7'],
  ])('is refused, and the option named (%#)', (per, words) => {
    const message = `concurrency: per must return a string, got ${words}`
    for (const of of [keyOf, keyOfUrl]) {
      expect(() => Reflect.apply(of, undefined, ['concurrency', per, 'http://a.test'])).toThrow(new TypeError(message))
    }
  })
})

describe('assertPer', () => {
  it('accepts origin, global and functions', () => {
    for (const per of ['origin', 'global', () => 'key']) expect(() => assertPer('layer: per', per)).not.toThrow()
  })

  it('names what is none of them', () => {
    for (const per of ['host', undefined, null, {}]) {
      expect(() => assertPer('layer: per', per)).toThrow(
        new TypeError("layer: per must be 'origin', 'global' or a function of the URL"),
      )
    }
  })
})

describe('Keyed', () => {
  const named = (most: number) => {
    const evicted: string[] = []
    const create = vi.fn((key: string) => ({ key }))
    return { keyed: new Keyed(create, { most, evicted: ({ key }) => evicted.push(key) }), create, evicted }
  }

  it('makes the state of a key on first use and keeps it', () => {
    const { keyed, create } = named(3)
    const state = keyed.of('a')
    expect(state).toEqual({ key: 'a' })
    expect(keyed.of('a')).toBe(state)
    expect(create).toHaveBeenCalledOnce()
  })

  it('holds so many keys at most and tells which it has let go', () => {
    const { keyed, evicted } = named(3)
    for (const key of 'abcde') keyed.of(key)
    expect(keyed.size).toBe(3)
    expect(evicted).toEqual(['a', 'b'])
    expect(keyed.peek('a')).toBeUndefined()
  })

  it('lets the key go that was not used for the longest time', () => {
    const { keyed, evicted } = named(3)
    for (const key of 'abcabad') keyed.of(key)
    expect(evicted).toEqual(['c'])
  })

  it('does not take a look for a use', () => {
    const { keyed, evicted } = named(2)
    keyed.of('a')
    keyed.of('b')
    expect(keyed.peek('a')).toEqual({ key: 'a' })
    keyed.of('c')
    expect(evicted).toEqual(['a'])
  })

  it('makes a new state for a key that it had let go', () => {
    const { keyed, create } = named(1)
    const before = keyed.of('a')
    keyed.of('b')
    expect(keyed.of('a')).not.toBe(before)
    expect(create).toHaveBeenCalledTimes(3)
  })

  it('forgets a key and tells of it, once', () => {
    const { keyed, evicted } = named(3)
    keyed.of('a')
    keyed.delete('a')
    keyed.delete('a')
    keyed.delete('unknown')
    expect(keyed.size).toBe(0)
    expect(evicted).toEqual(['a'])
  })

  it('forgets every key and tells of each', () => {
    const { keyed, evicted } = named(3)
    for (const key of 'abc') keyed.of(key)
    keyed.clear()
    keyed.clear()
    expect(keyed.size).toBe(0)
    expect(evicted).toEqual(['a', 'b', 'c'])
    expect(keyed.of('a')).toEqual({ key: 'a' })
  })

  it('takes the empty key, and keys that objects have by themselves', () => {
    const { keyed, evicted } = named(2)
    for (const key of ['', '__proto__', 'constructor']) expect(keyed.of(key)).toEqual({ key })
    expect(evicted).toEqual([''])
  })

  it('never lets a key go that is in use, and holds more than it should rather', () => {
    const busy = new Set<string>()
    const evicted: string[] = []
    const keyed = new Keyed((key) => key, {
      most: 2,
      evicted: (key) => evicted.push(key),
      inUse: (key) => busy.has(key),
    })
    for (const key of 'abcd') busy.add(keyed.of(key))
    expect(keyed.size).toBe(4)
    expect(evicted).toEqual([])
    expect([...keyed.values()].sort()).toEqual(['a', 'b', 'c', 'd'])

    busy.clear()
    busy.add('c')
    for (const key of 'efgh') keyed.of(key)
    expect(keyed.size).toBeLessThanOrEqual(2 + busy.size)
    expect(evicted).not.toContain('c')
    expect(keyed.peek('c')).toBe('c')
    busy.clear()
    for (const key of 'ij') keyed.of(key)
    expect([...keyed.values()]).toEqual(['i', 'j'])
  })

  it('takes being in use for a use when it makes room', () => {
    const keyed = new Keyed((key) => key, { most: 2, inUse: (key) => key === 'a' })
    for (const key of 'abc') keyed.of(key)
    expect([...keyed.values()]).toEqual(['a', 'c'])
  })

  it('keeps a table small in which all keys were in use at a time', () => {
    let busy = true
    const keyed = new Keyed((key) => key, { inUse: () => busy })
    for (let key = 0; key < 3000; key += 1) keyed.of(String(key))
    expect(keyed.size).toBe(3000)
    busy = false
    for (let key = 0; key < 2001; key += 1) keyed.of(`later ${key}`)
    expect(keyed.size).toBe(1000)
  })

  it('holds a thousand unless told otherwise', () => {
    const keyed = new Keyed((key) => key)
    for (let key = 0; key < 1500; key += 1) keyed.of(String(key))
    expect(keyed.size).toBe(1000)
    expect(keyed.peek('500')).toBe('500')
    expect(keyed.peek('499')).toBeUndefined()
  })
})
