import { describe, expect, it } from 'vitest'
import { assertOrigins, destinationOf, type Origins, originOf } from './origins.ts'

const allows = (origins: Origins, url: string): boolean => destinationOf('x: origins', origins)(new URL(url))

describe('destinationOf', () => {
  it.each([
    ['https://a.test', 'https://a.test/path?q#f', true],
    ['https://a.test/', 'https://A.TEST:443/', true],
    ['https://a.test', 'http://a.test/', false],
    ['https://a.test', 'https://a.test:8443/', false],
    ['https://a.test', 'https://b.a.test/', false],
    ['https://a.test', 'https://a.test.evil/', false],
    ['http://127.0.0.1:80', 'http://127.0.0.1/', true],
    [['https://a.test', 'http://b.test'], 'http://b.test/', true],
    [['https://a.test', 'http://b.test'], 'https://b.test/', false],
    ['https://a.test', 'data:text/plain,a', false],
    ['https://a.test', 'blob:https://a.test/1', false],
  ])('%j for %s: %s', (origins, url, allowed) => {
    expect(allows(origins, url)).toBe(allowed)
  })

  it('asks a function, with a URL of its own', () => {
    const url = new URL('https://a.test/path')
    const destination = destinationOf('x: origins', (asked) => {
      asked.hostname = 'changed.test'
      return true
    })
    expect(destination(url)).toBe(true)
    expect(url.href).toBe('https://a.test/path')
    expect(destination(new URL('data:,'))).toBe(false)
  })

  it('keeps to the list as it was', () => {
    const list = ['https://a.test']
    const destination = destinationOf('x: origins', list)
    list.push('https://b.test')
    expect(destination(new URL('https://b.test'))).toBe(false)
  })

  it.each([
    [() => Promise.resolve(false), 'x: origins must return true or false, got a promise'],
    [() => 1, 'x: origins must return true or false, got 1'],
    [() => undefined, 'x: origins must return true or false, got undefined'],
    [() => 'https://a.test?key=canary', 'x: origins must return true or false, got a string'],
  ])('takes nothing else than true or false for an answer: %s', (origins, message) => {
    expect(() => Reflect.apply(allows, undefined, [origins, 'https://a.test'])).toThrow(new TypeError(message))
  })

  const such = "must be origins such as 'https://api.example.com', got"
  const unshown = 'one with a user, a password, a query or a fragment'
  it.each([
    ['https://a.test/v1', `x: origins ${such} "https://a.test/v1"`],
    ['https://a.test?', `x: origins ${such} ${unshown}`],
    ['https://user:canary@a.test', `x: origins ${such} ${unshown}`],
    ['user:canary@a.test', `x: origins ${such} ${unshown}`],
    ['http:/user:canary@a.test', `x: origins ${such} ${unshown}`],
    ['http:\\\\user:canary@a.test', `x: origins ${such} ${unshown}`],
    ['https://a.test?key=canary', `x: origins ${such} ${unshown}`],
    ['https://a.test/#canary', `x: origins ${such} ${unshown}`],
    ['https://user:canary%40a.test', `x: origins ${such} ${unshown}`],
    ['a.test', `x: origins ${such} "a.test"`],
    ['ftp://a.test', `x: origins ${such} "ftp://a.test"`],
    ['null', `x: origins ${such} "null"`],
    ['', `x: origins ${such} ""`],
    [['https://a.test', 7], `x: origins ${such} 7`],
    [[], 'x: origins must be an origin, a list of origins or a function of the URL, got an array'],
    [null, 'x: origins must be an origin, a list of origins or a function of the URL, got null'],
    [{}, 'x: origins must be an origin, a list of origins or a function of the URL, got an object'],
    [
      'https://*.a.test',
      'x: origins: there are no patterns such as "https://*.a.test"; a function of the URL can tell',
    ],
  ])('refuses %j', (origins, message) => {
    expect(() => Reflect.apply(destinationOf, undefined, ['x: origins', origins])).toThrow(new TypeError(message))
  })
})

describe('assertOrigins', () => {
  it('takes none for an answer, and names the scheme of others', () => {
    expect(() => assertOrigins('basic', undefined)).not.toThrow()
    expect(() => assertOrigins('basic', 'x')).toThrow(/^basic: origins must be/)
  })
})

describe('originOf', () => {
  it('is the one of a URL', () => {
    const destination = originOf(new URL('http://a.test:81/path'))
    expect(destination(new URL('http://a.test:81/'))).toBe(true)
    expect(destination(new URL('https://a.test:81/'))).toBe(false)
  })

  it('is none of a URL that has none', () => {
    expect(originOf(new URL('data:,a'))(new URL('data:,a'))).toBe(false)
  })
})
