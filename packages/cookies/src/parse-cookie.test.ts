import { describe, expect, it } from 'vitest'
import { isSound, parseCookie } from './parse-cookie.ts'

// What a browser makes of all this is compared in test/real.

describe('parseCookie', () => {
  it.each([
    ['a=1', 'a', '1'],
    ['  a  =  1 2  ; Path=/', 'a', '1 2'],
    ['a=b=c', 'a', 'b=c'],
    ['a=', 'a', ''],
    ['a', '', 'a'],
    ['=a', '', 'a'],
    ['a="1"', 'a', '"1"'],
    ['name=value; Secure', 'name', 'value'],
  ])('reads %j', (header, key, value) => {
    expect(parseCookie(header)).toMatchObject({ key, value })
  })

  it.each([
    '',
    ';',
    '=',
    ' = ; Path=/',
    '=a=b',
    'a=\u0000',
    'a\u001f=1',
    'a=1; Path=/\u007f',
    'a=b\tc',
    'a=10€',
    'a=1; Domain=.',
  ])('refuses %j', (header) => {
    expect(parseCookie(header)).toBeUndefined()
  })

  it('loses no byte of a text in UTF-8', () => {
    expect(parseCookie(' \u00c3\u00a0 =\tvoil\u00c3\u00a0 ; Secure')).toMatchObject({
      key: '\u00c3\u00a0',
      value: 'voil\u00c3\u00a0',
      secure: true,
    })
  })

  it('has limits for the pair and for each attribute', () => {
    expect(parseCookie(`a=${'x'.repeat(4095)}`)).toBeDefined()
    expect(parseCookie(`a=${'x'.repeat(4096)}`)).toBeUndefined()
    expect(parseCookie(`a=1; Path=/${'x'.repeat(1023)}`)?.path).toHaveLength(1024)
    expect(parseCookie(`a=1; Path=/${'x'.repeat(1024)}; Secure`)).toMatchObject({ path: null, secure: true })
  })

  it('is not slow for a long header', () => {
    expect(parseCookie(`a=1${'; x'.repeat(100_000)}`)).toBeDefined()
    expect(parseCookie(' '.repeat(100_000))).toBeUndefined()
  })
})

describe('isSound', () => {
  it.each([
    ['__Secure-a=1; Secure', true],
    ['__sEcUrE-a=1', false],
    ['__Host-a=1; Secure; Path=/', true],
    ['__Host-a=1; Secure', false],
    ['__host-a=1; Secure; Path=/; Domain=a.test', false],
    ['__Host-Http-a=1; Secure; Path=/', false],
    ['__Host-Http-a=1; Secure; Path=/; HttpOnly', true],
    ['__Http-a=1; HttpOnly', false],
    ['__Host-; Secure; Path=/', false],
    ['a=1; SameSite=None', false],
    ['a=1; SameSite=None; Secure', true],
    ['a=__Host-', true],
  ])('of %j is %s', (header, sound) => {
    const cookie = parseCookie(header)
    expect(cookie && isSound(cookie)).toBe(sound)
  })
})
