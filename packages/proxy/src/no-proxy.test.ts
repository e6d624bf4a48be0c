import { describe, expect, it } from 'vitest'
import { NoProxy } from './no-proxy.ts'

const matches = (list: string | readonly string[], url: string): boolean =>
  new NoProxy('proxy: no', list).matches(new URL(url))

describe('NoProxy', () => {
  it.each([
    ['localhost', 'http://localhost/', true],
    ['localhost', 'http://LOCALHOST:8080/', true],
    ['LocalHost', 'http://localhost/', true],
    ['localhost', 'http://localhost./', true],
    ['localhost', 'http://prelocalhost/', false],
    ['localhost', 'http://localhost.test/', false],
    ['localhost.localdomain', 'http://localhost.localdomain/', true],
    ['localhost.localdomain', 'http://localhost/', false],
    ['example.test', 'http://example.test/', true],
    ['example.test', 'http://www.example.test/', true],
    ['example.test', 'http://notexample.test/', false],
    ['.example.test', 'http://example.test/', true],
    ['.example.test', 'http://www.example.test/', true],
    ['*.example.test', 'http://a.b.example.test/', true],
    ['*.example.test', 'http://notexample.test/', false],
    ['example.test.', 'http://example.test/', true],
    ['bücher.test', 'http://xn--bcher-kva.test/', true],
    ['example.test:6000', 'http://example.test:6000/', true],
    ['example.test:6000', 'http://example.test:6001/', false],
    ['example.test:1234', 'http://www.example.test:1234/', true],
    ['example.test:80', 'http://example.test/', true],
    ['example.test:443', 'https://example.test/', true],
    ['example.test:443', 'http://example.test/', false],
    ['172.16.1.1', 'http://172.16.1.1:5000/', true],
    ['172.16.1.1', 'http://172.16.1.12/', false],
    ['172.16.1.1:5000', 'http://172.16.1.1:5000/', true],
    ['172.16.1.1:5000', 'http://172.16.1.1/', false],
    ['1.1', 'http://172.16.1.1/', false],
    ['192.168.0.0/24', 'http://192.168.0.1:5000/', true],
    ['192.168.0.0/24', 'http://192.168.1.1/', false],
    ['192.168.0.1/32', 'http://192.168.0.1/', true],
    ['0.0.0.0/0', 'http://8.8.8.8/', true],
    ['10.0.0.0/8', 'http://10.internal.test/', false],
    ['::1', 'http://[::1]:8080/', true],
    ['[::1]', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]:8080/', true],
    ['[::1]:8080', 'http://[::1]:8081/', false],
    ['0:0:0:0:0:0:0:1', 'http://[::1]/', true],
    ['fd00::/8', 'http://[fd12:3456::1]/', true],
    ['fd00::/8', 'http://[fe80::1]/', false],
    ['10.0.0.0/8', 'http://[::ffff:10.1.2.3]/', true],
    ['::/0', 'http://10.1.2.3/', false],
    ['::/0', 'http://[fd00::1]/', true],
    ['*', 'http://anything.test:1/', true],
    ['', 'http://anything.test/', false],
    [' a.test , b.test ', 'http://b.test/', true],
    ['a.test b.test', 'http://a.test/', true],
    ['a.test,,b.test,', 'http://c.test/', false],
    [['a.test', 'b.test'], 'http://b.test/', true],
    [[], 'http://b.test/', false],
  ] as const)('%o with %s: %s', (list, url, expected) => {
    expect(matches(list, url)).toBe(expected)
  })

  it.each(['*:8080', '*example.test', 'a.*.test', '**'])('refuses %s', (entry) => {
    expect(() => matches(entry, 'http://a.test/')).toThrow(
      new TypeError(`proxy: no: "${entry}" has a "*" where it means nothing; write "*", or ".example.test"`),
    )
  })

  it.each(['10.0.0.0/a', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.999/8', '10.0.0.0/', 'fd00::/129', 'a.test/8'])(
    'refuses %s',
    (entry) => {
      expect(() => matches(`localhost, ${entry}`, 'http://a.test/')).toThrow(
        new TypeError(`proxy: no: "${entry}" is no block of addresses, such as 10.0.0.0/8 or fd00::/8`),
      )
    },
  )
})
