import { describe, expect, it } from 'vitest'
import { headerValuesOf, withHeaders } from './default-headers.ts'

const url = 'http://a.test/'

describe('headers', () => {
  it.each([
    ['an object', { Accept: 'a/b', 'X-Test': '' }],
    ['a Headers', new Headers({ Accept: 'a/b', 'X-Test': '' })],
    ['a list', [['Accept', 'a/b'] as const, ['X-Test', ''] as const]],
    ['a Map', new Map(Object.entries({ Accept: 'a/b', 'X-Test': '' }))],
    ['an iterator', Object.entries({ Accept: 'a/b', 'X-Test': '' }).values()],
  ])('may be %s', (_, headers) => {
    expect(Object.fromEntries(headerValuesOf(headers))).toEqual({ accept: 'a/b', 'x-test': '' })
  })

  it('of one name are one, unless a null takes them away', () => {
    const pairs = [
      ['x', '1'],
      ['X', '2'],
      ['y', '1'],
      ['Y', null],
    ]
    expect([...headerValuesOf(pairs)]).toEqual([
      ['x', '1, 2'],
      ['y', null],
    ])
    expect([...headerValuesOf({ x: undefined, X: '3' })]).toEqual([['x', '3']])
  })

  it.each([
    ['authorization: canary', 'a string'],
    [null, 'null'],
    [5, '5'],
    [() => {}, 'a function'],
  ])('may not be %o', (headers, got) => {
    const must = 'an object of values by name, a Headers or a list of pairs'
    expect(() => headerValuesOf(headers)).toThrow(new TypeError(`defaults: headers must be ${must}, got ${got}`))
  })

  it.each([[['accept']], [['a', 'b', 'c']], ['accept']])('may not have %o in a list', (pair) => {
    expect(() => headerValuesOf([pair])).toThrow(/^defaults: headers must be .* in it$/)
  })

  it.each(['', 'x y', 'x:', 'ä', 'a\r\nb', ' x'])('may not have the name %j', (name) => {
    const message = `defaults: headers has ${JSON.stringify(name)}, which is no header's name`
    expect(() => headerValuesOf({ [name]: '1' })).toThrow(new TypeError(message))
    expect(() => headerValuesOf({ [name]: null })).toThrow(new TypeError(message))
  })

  it.each(['Content-Length', 'transfer-encoding', 'KEEP-ALIVE', 'upgrade', 'expect', '__proto__'])(
    'may not have %s, which no call can be sent with',
    (name) => {
      const message = `defaults: headers has "${name}", which no call can be sent with`
      expect(() => headerValuesOf([[name, '1']])).toThrow(new TypeError(message))
    },
  )

  it('may have a host, which platforms send', () => {
    expect([...headerValuesOf({ host: 'a.test', connection: 'close' })]).toHaveLength(2)
  })

  it.each([
    [5, '5'],
    [true, 'true'],
    [['a'], 'an array'],
    [{}, 'an object'],
  ])('may not have the value %o', (value, got) => {
    const message = `defaults: headers["x-n"] must be a string, or null for none, got ${got}`
    expect(() => headerValuesOf({ 'x-n': value })).toThrow(new TypeError(message))
  })

  it.each(['hunter2\r\nx: y', 'hunter2\nx', 'hunter2\0', 'hunter2 ł'])(
    'may not have the value %j, which the error does not show',
    (value) => {
      const refused = (): unknown => headerValuesOf({ authorization: value })
      expect(refused).toThrow(/^defaults: headers\["authorization"\] has a line break or another character/)
      expect(refused).not.toThrow(/hunter2/)
    },
  )
})

describe('a call', () => {
  const values = headerValuesOf({ Accept: 'a/b', 'X-Test': 'default', 'x-none': null })
  const sent = (init?: RequestInit, input: string | Request = url): object =>
    Object.fromEntries(withHeaders(input, init, values) ?? [])

  it('gets those that it has not got', () => {
    expect(sent()).toEqual({ accept: 'a/b', 'x-test': 'default' })
    expect(sent({ headers: { 'x-other': '1' } })).toEqual({ accept: 'a/b', 'x-test': 'default', 'x-other': '1' })
  })

  it('keeps those that it has, whatever their case', () => {
    expect(sent({ headers: { ACCEPT: '*/*' } })).toEqual({ accept: '*/*', 'x-test': 'default' })
    expect(sent({ headers: [['x-test', '']] })).toEqual({ accept: 'a/b', 'x-test': '' })
    expect(sent({ headers: { 'x-none': 'own' } })).toMatchObject({ 'x-none': 'own' })
  })

  it('keeps those of a Request, unless its init replaces them', () => {
    const request = new Request(url, { headers: { accept: 'of/request', 'x-own': '1' } })
    expect(sent({}, request)).toEqual({ accept: 'of/request', 'x-own': '1', 'x-test': 'default' })
    expect(sent({ headers: {} }, request)).toEqual({ accept: 'a/b', 'x-test': 'default' })
    expect([...request.headers.keys()]).toEqual(['accept', 'x-own'])
  })

  it('keeps the cookies that it sets one by one', () => {
    const headers = new Headers([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
    expect(withHeaders(url, { headers }, values)?.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it('may have headers that can be read only once', () => {
    const headers = Object.entries({ accept: '*/*' }).values()
    expect(sent({ headers: headers as unknown as [string, string][] })).toMatchObject({ accept: '*/*' })
  })

  it('fails with the platform’s own error where its headers are none', () => {
    expect(() => sent({ headers: { 'x y': '1' } })).toThrow(TypeError)
  })

  it('is left alone where there are none by default', () => {
    expect(withHeaders(url, { headers: { 'x y': '1' } }, headerValuesOf({}))).toBeUndefined()
    expect(withHeaders(url, {}, headerValuesOf({ accept: null }))).toBeUndefined()
  })

  it('keeps the type that its body has', () => {
    const json = headerValuesOf({ 'content-type': 'application/json' })
    const type = (body: BodyInit): string | null | undefined =>
      withHeaders(url, { method: 'POST', body }, json)?.get('content-type')
    expect(type(new FormData())).toBeNull()
    expect(type(new URLSearchParams())).toBeNull()
    expect(type(new Blob([], { type: 'image/png' }))).toBeNull()
    for (const body of ['{}', new Uint8Array(), new Blob(['x'])]) expect(type(body)).toBe('application/json')
  })
})
