import { afterEach, describe, expect, it, vi } from 'vitest'
import { choiceOf, type Proxies } from './settings.ts'

const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()])

afterEach(() => void vi.unstubAllEnvs())

function fromEnvironment(variables: Record<string, string>): (url: string) => string | undefined {
  for (const name of [...names, 'REQUEST_METHOD']) vi.stubEnv(name, variables[name])
  const choice = choiceOf('env')
  return (url) => choice(new URL(url))?.origin
}

describe('settings', () => {
  it('are one proxy for all', () => {
    const choice = choiceOf('http://proxy.test:1')
    for (const url of ['http://a.test', 'https://a.test', 'http://localhost']) {
      expect(choice(new URL(url))?.origin).toBe('http://proxy.test:1')
    }
  })

  it.each(['proxy.test:1', 'u:p@proxy.test:1', '127.0.0.1:1', '[::1]:1', 'http://proxy', new URL('http://proxy.test')])(
    'may have no scheme, or no port: %s',
    (url) => {
      expect(choiceOf(url)(new URL('http://a.test'))).toMatchObject({ kind: 'http' })
    },
  )

  it('are one for each scheme, and what goes directly', () => {
    const choice = choiceOf({ http: 'http://one.test:1', https: new URL('socks5://two.test:2'), no: ['near.test'] })
    const originFor = (url: string): string | undefined => choice(new URL(url))?.origin
    expect(originFor('http://a.test')).toBe('http://one.test:1')
    expect(originFor('https://a.test')).toBe('socks5://two.test:2')
    expect(originFor('https://near.test')).toBeUndefined()
    expect(choiceOf({ https: 'http://one.test:1' })(new URL('http://a.test'))).toBeUndefined()
  })

  it.each([
    [undefined, "proxy: give the URL of a proxy, { http, https, no } or 'env', got undefined"],
    [5, "proxy: give the URL of a proxy, { http, https, no } or 'env', got 5"],
    ['', 'proxy: the URL must be the URL of a proxy'],
    ['nope', 'proxy: the URL must have a scheme or a port, as in "http://proxy.test:3128", got "nope"'],
    ['user:canary@proxy.test', 'must have a scheme or a port, as in "http://proxy.test:3128", got "proxy.test"'],
    ['ENV', `got "env"; is it proxy: 'env', for the environment's?`],
    [{ http: 'env' }, `got "env"; is it proxy: 'env', for the environment's?`],
    [{}, 'proxy: give http or https, or both'],
    [{ no: 'a.test' }, 'proxy: give http or https, or both'],
    [{ htp: 'http://a.test' }, 'proxy: there is no option "htp"; there are http, https, no'],
    [{ http: 'ftp://a.test' }, 'proxy: http must be a proxy of http, https or socks5, got one of ftp'],
    [{ https: 5 }, 'proxy: https must be the URL of a proxy, got 5'],
    [{ http: 'http://a.test', no: 5 }, 'proxy: no must be an array of names and addresses, got 5'],
    [{ http: 'http://a.test', no: [5] }, 'proxy: no must be an array of names and addresses, got 5 in it'],
    [{ http: 'http://a.test', no: '10.0.0.0/99' }, 'proxy: no: "10.0.0.0/99" is no block of addresses'],
  ])('refuse %o', (through, message) => {
    expect(() => choiceOf(through as Proxies)).toThrow(message)
  })
})

describe('the environment', () => {
  it.each([
    [{ http_proxy: 'http://p.test:1' }, 'http://p.test:1', undefined],
    [{ HTTP_PROXY: 'p.test:1' }, 'http://p.test:1', undefined],
    [{ http_proxy: 'http://p.test:1', HTTP_PROXY: 'http://q.test:2' }, 'http://p.test:1', undefined],
    [{ http_proxy: '', HTTP_PROXY: 'http://q.test:2' }, 'http://q.test:2', undefined],
    [{ https_proxy: 'http://p.test:1' }, undefined, 'http://p.test:1'],
    [{ HTTPS_PROXY: 'http://p.test:1' }, undefined, 'http://p.test:1'],
    [{ all_proxy: 'socks5://p.test' }, 'socks5://p.test:1080', 'socks5://p.test:1080'],
    [{ ALL_PROXY: 'http://p.test:1', https_proxy: 'http://q.test:2' }, 'http://p.test:1', 'http://q.test:2'],
    [{ HTTP_PROXY: 'http://evil.test:1', REQUEST_METHOD: 'GET' }, undefined, undefined],
    [{ http_proxy: 'http://p.test:1', REQUEST_METHOD: 'GET' }, 'http://p.test:1', undefined],
    [{ all_proxy: 'http://p.test:1', no_proxy: 'a.test' }, undefined, undefined],
    [{ all_proxy: 'http://p.test:1', NO_PROXY: '*' }, undefined, undefined],
    [{ all_proxy: 'http://p.test:1', no_proxy: '', NO_PROXY: '*' }, 'http://p.test:1', 'http://p.test:1'],
    [{}, undefined, undefined],
  ] as const)('%o', (variables, http, https) => {
    const originFor = fromEnvironment(variables)
    expect([originFor('http://a.test'), originFor('https://a.test')]).toEqual([http, https])
  })

  it('is refused by the name of the variable, and without the password', () => {
    const refusal = /^proxy: HTTPS_PROXY of the environment must be the URL of a proxy(?!.*canary)/
    expect(() => fromEnvironment({ HTTPS_PROXY: 'http://user:canary@' })).toThrow(refusal)
    expect(() => fromEnvironment({ NO_PROXY: '10.0.0.0/99' })).toThrow(
      'proxy: NO_PROXY of the environment: "10.0.0.0/99"',
    )
  })
})
