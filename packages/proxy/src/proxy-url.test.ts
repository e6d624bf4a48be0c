import { describe, expect, it } from 'vitest'
import { authorizationOf, parseProxyUrl } from './proxy-url.ts'

describe('parseProxyUrl', () => {
  it.each([
    ['http://proxy.test:3128', 'http', 'http://proxy.test:3128'],
    ['http://proxy.test/', 'http', 'http://proxy.test:80'],
    ['https://proxy.test', 'https', 'https://proxy.test:443'],
    ['proxy.test:3128', 'http', 'http://proxy.test:3128'],
    ['user:pass@proxy.test:3128', 'http', 'http://proxy.test:3128'],
    ['HTTP://Proxy.Test:3128', 'http', 'http://proxy.test:3128'],
    ['socks5://proxy.test', 'socks', 'socks5://proxy.test:1080'],
    ['socks5h://proxy.test:9050', 'socks', 'socks5h://proxy.test:9050'],
    ['socks://127.0.0.1:9050', 'socks', 'socks://127.0.0.1:9050'],
    ['http://[::1]:3128', 'http', 'http://[::1]:3128'],
  ])('reads %s', (text, kind, origin) => {
    expect(parseProxyUrl('proxy: http', text)).toMatchObject({ kind, origin })
    expect(parseProxyUrl('proxy: http', text).origin).not.toContain('pass')
  })

  it.each([
    ['http://us%20er:p%40ss%3A%25@proxy.test', 'us er', 'p@ss:%'],
    ['http://user@proxy.test', 'user', ''],
    ['http://user:@proxy.test', 'user', ''],
    ['http://:pass@proxy.test', '', 'pass'],
    ['socks5://user:p%40ss@proxy.test', 'user', 'p@ss'],
  ])('decodes the credentials of %s', (text, username, password) => {
    const proxy = parseProxyUrl('proxy: http', text)
    expect(proxy.credentials).toEqual({ username, password })
    expect(authorizationOf(proxy)).toBe(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  })

  it('knows when there are none', () => {
    const proxy = parseProxyUrl('proxy: http', new URL('http://proxy.test'))
    expect([proxy.credentials, authorizationOf(proxy)]).toEqual([undefined, undefined])
  })

  it.each([
    [5, 'proxy: http must be the URL of a proxy, got 5'],
    ['', 'proxy: http must be the URL of a proxy, such as "http://proxy.test:3128", got ""'],
    ['http://:8080', 'such as "http://proxy.test:3128", got "http://:8080"'],
    ['https://', 'such as "http://proxy.test:3128", got "https://"'],
    ['http:/proxy.test:3128', 'such as "http://proxy.test:3128", got "http:/proxy.test:3128"'],
    ['http:///proxy.test:3128', 'such as "http://proxy.test:3128", got "http:///proxy.test:3128"'],
    ['http://proxy.test:99999', 'such as "http://proxy.test:3128", got "http://proxy.test:99999"'],
    ['http://proxy.test/path', 'such as "http://proxy.test:3128", got "http://proxy.test/path"'],
    ['http://proxy.test?a=b', 'such as "http://proxy.test:3128", got "http://proxy.test?a=b"'],
    ['socks4://proxy.test', 'proxy: http must be a proxy of http, https or socks5, got one of socks4'],
    ['ftp://proxy.test', 'proxy: http must be a proxy of http, https or socks5, got one of ftp'],
    ['socks5://user@proxy.test', 'proxy: http must have both a user and a password, or none'],
    ['http://user:100%@proxy.test', 'proxy: http has credentials that are not percent-encoded'],
  ])('refuses %o', (value, message) => {
    expect(() => parseProxyUrl('proxy: http', value)).toThrow(message)
  })

  it.each([
    'http://user:canary@',
    'http://user:canary@:1',
    'user:canary@a b',
    'ftp://user:canary@a',
    'http://u:canary%@a',
  ])('does not tell the password of %s', (text) => {
    expect(() => parseProxyUrl('proxy: http', text)).toThrow(/^(?!.*canary).*$/)
  })
})
