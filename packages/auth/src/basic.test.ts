import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { auth } from './auth.ts'
import { basic } from './basic.ts'

const origins = 'https://api.test'

async function sent(username: string, password: string): Promise<string | null> {
  const inner = scriptedFetch(401)
  await auth(basic({ username, password, origins }))(inner)(origins)
  expect(inner.calls).toHaveLength(1)
  return new Headers(inner.calls[0]?.init?.headers).get('authorization')
}

describe('basic', () => {
  it.each([
    ['Aladdin', 'open sesame', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['test', '123£', 'dGVzdDoxMjPCow=='],
    ['', '', 'Og=='],
    ['jürgen', 'a:b:€😀', Buffer.from('jürgen:a:b:€😀').toString('base64')],
  ])('writes %s and %s as RFC 7617 has it, in UTF-8', async (username, password, encoded) => {
    expect(await sent(username, password)).toBe(`Basic ${encoded}`)
  })

  it.each([
    [undefined, 'basic: options must be an object, got undefined'],
    [{ password: 'canary' }, 'basic: username must be a string without control characters, got undefined'],
    [{ username: 'canary:', password: '' }, 'basic: username must be a string without a colon (RFC 7617, section 2)'],
    [{ username: 'canary\r', password: '' }, 'basic: username must be a string without control characters'],
    [{ username: 'u', password: 'canary\u0000' }, 'basic: password must be a string without control characters'],
    [{ username: 'u', password: 12345 }, 'basic: password must be a string without control characters, got number'],
    [{ username: 'u', password: null }, 'basic: password must be a string without control characters, got null'],
    [{ username: 'u', password: '', origins: 7 }, 'basic: origins must be an origin, a list of origins or a function'],
    [{ user: 'u' }, 'basic: there is no option "user"; there are username, password, origins'],
  ])('refuses %o, and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(basic, undefined, [options])).toThrow(message)
    expect(() => Reflect.apply(basic, undefined, [options])).not.toThrow('canary')
  })
})
