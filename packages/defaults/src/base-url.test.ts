import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseUrlOf, isBelow, isRelative, urlBelow } from './base-url.ts'

const v1 = new URL('https://api.test/anything/v1')

describe('a base URL', () => {
  it.each([
    ['https://api.test', 'https://api.test/'],
    ['HTTP://API.test:80/v1/', 'http://api.test/v1/'],
    [new URL('https://api.test/v1?key=1'), 'https://api.test/v1?key=1'],
  ])('may be %s', (given, href) => {
    expect(baseUrlOf(given).href).toBe(href)
  })

  it.each([
    ['/v1', 'a string that is none'],
    ['api.test/v1', 'a string that is none'],
    ['//api.test/v1', 'a string that is none'],
    ['https://', 'a string that is none'],
    ['', '""'],
    ['ftp://api.test/', 'a ftp: URL'],
    ['localhost:3000', 'a localhost: URL'],
    ['https://user:hunter2@api.test/', 'one with a user or a password, which fetch refuses'],
    ['https://api.test/#top', 'one with a fragment, which is never sent'],
    [null, 'null'],
    [42, '42'],
    [{}, 'an object'],
  ])('may not be %j', (given, got) => {
    const message = `defaults: baseUrl must be an absolute http: or https: URL, got ${got}`
    expect(() => baseUrlOf(given)).toThrow(new TypeError(message))
  })

  it('is a copy of the one given', () => {
    const given = new URL('https://api.test/v1')
    const base = baseUrlOf(given)
    given.pathname = '/v2'
    expect(base.pathname).toBe('/v1')
  })
})

describe('a relative URL', () => {
  it.each(['users', '/users', '?a', '#f', '', '//a.test', './a:b', '1:2', 'v1/projects:search', ' /a', 'é:x'])(
    'is %j',
    (text) => {
      expect(isRelative(text)).toBe(true)
    },
  )

  it.each([
    'https://a.test/',
    'HTTP://a.test/',
    ' http://a.test',
    'ht\ntp://a.test',
    'https:a.test',
    'data:,x',
    'http://',
  ])('is not %j', (text) => {
    expect(isRelative(text)).toBe(false)
  })

  it.each([
    ['users', '/anything/v1/users'],
    ['/users', '/anything/v1/users'],
    ['users/', '/anything/v1/users/'],
    ['users?a=1#f', '/anything/v1/users?a=1#f'],
    ['', '/anything/v1'],
    ['/', '/anything/v1/'],
    ['?a=1', '/anything/v1?a=1'],
    ['#f', '/anything/v1#f'],
    ['./users', '/anything/v1/users'],
    ['users/../orders', '/anything/v1/orders'],
    ['users/..', '/anything/v1/'],
    [' users\n', '/anything/v1/users'],
    ['.//bucket/key', '/anything/v1//bucket/key'],
    ['a//b', '/anything/v1/a//b'],
    ['a b/ü', '/anything/v1/a%20b/%C3%BC'],
    ['a%20b%2Fc/%zz', '/anything/v1/a%20b%2Fc/%zz'],
    ['@evil.test/', '/anything/v1/@evil.test/'],
    [':8080/', '/anything/v1/:8080/'],
    ['users?next=../..', '/anything/v1/users?next=../..'],
  ])('%j is %s', (text, path) => {
    const url = urlBelow(v1, text)
    expect(url.href).toBe(`https://api.test${path}`)
  })

  it.each([
    ['https://api.test', 'users', 'https://api.test/users'],
    ['https://api.test', '', 'https://api.test/'],
    ['https://api.test/v1/', '', 'https://api.test/v1/'],
    ['https://api.test/v1/', 'users', 'https://api.test/v1/users'],
    ['https://api.test/v1/', '/users', 'https://api.test/v1/users'],
    ['http://[::1]:8080/v1', 'users', 'http://[::1]:8080/v1/users'],
    ['https://api.test', '../users', 'https://api.test/users'],
  ])('below %s, %j is %s', (base, text, href) => {
    expect(urlBelow(new URL(base), text).href).toBe(href)
  })

  it.each(['..', '../v2/users', '/../v2', 'users/../../v2', '%2e%2e/v2', '.%2E\\v2', '\\..\\v2', '../v10', '.\t./v2'])(
    'must not lead out, as %j does',
    (text) => {
      const message = 'fetch: the URL leads out of baseUrl, whose path is /anything/v1'
      expect(() => urlBelow(v1, text)).toThrow(new TypeError(message))
    },
  )

  it.each(['//evil.test/x', '/\\evil.test', '\\\\evil.test', '\\/evil.test', ' //evil.test', '/\t/evil.test', '//'])(
    'must not be one that may mean a host, as %j',
    (text) => {
      expect(() => urlBelow(v1, text)).toThrow(/^fetch: a URL that begins with \/\/ may be a host or a path/)
    },
  )

  it('never leads anywhere but below the base', () => {
    const piece = fc.constantFrom('/', '\\', '.', '..', '%2e', '@', ':', '?', '#', '\t', ' ', 'evil.test', 'v1', '8080')
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
    )
    void fc.assert(
      fc.property(text, (relative) => {
        fc.pre(isRelative(relative))
        try {
          const { href } = urlBelow(v1, relative)
          expect(href).toMatch(/^https:\/\/api\.test\/anything\/v1(?:[/?#]|$)/)
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError)
          expect(error).toHaveProperty('message', expect.stringMatching(/^fetch: /))
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('an absolute URL is below a base', () => {
  it.each(['/anything/v1', '/anything/v1/', '/anything/v1/users', '/anything/v1?a', '/x/../anything/v1/a'])(
    'with the path %s',
    (path) => {
      expect(isBelow(v1, new URL(path, v1))).toBe(true)
    },
  )

  it.each(['/anything/v10', '/anything', '/', '/anything/v1/../v2', '/Anything/v1'])('not with the path %s', (path) => {
    expect(isBelow(v1, new URL(path, v1))).toBe(false)
  })

  it.each(['http://api.test/anything/v1', 'https://api.test:8443/anything/v1', 'https://b.test/anything/v1'])(
    'not with another origin, as %s',
    (url) => {
      expect(isBelow(v1, new URL(url))).toBe(false)
    },
  )
})
