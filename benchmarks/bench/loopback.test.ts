import { expect, test } from 'vitest'
import { assertMayLoad, isLoopback } from './loopback.ts'
import { UserError } from './user-error.ts'

test.for([
  'http://localhost:8080/',
  'https://LOCALHOST/',
  'http://127.0.0.1/',
  'http://127.255.0.9:1/',
  'http://127.1/',
  'http://0x7f000001/',
  'http://[::1]:8080/',
  'http://[0:0:0:0:0:0:0:1]/',
])('%s is this machine', (url) => {
  expect(isLoopback(new URL(url))).toBe(true)
})

test.for([
  'http://example.org/',
  'http://localhost.example.org/',
  'http://127.0.0.1.example.org/',
  'http://a.localhost/',
  'http://10.0.0.1/',
  'http://0.0.0.0/',
  'http://126.255.255.255/',
  'http://128.0.0.1/',
  'http://[::]/',
  'http://[::2]/',
  'http://example.org/?127.0.0.1#localhost',
])('%s is another one', (url) => {
  expect(isLoopback(new URL(url))).toBe(false)
})

test('another machine is loaded only when somebody says that it may be', () => {
  const url = new URL('https://example.org:8443/a?token=canary')
  expect(() => assertMayLoad(url, false)).toThrow(
    new UserError(
      'example.org:8443 is not this machine, and load belongs on machines of your own: --yes if you may load it',
    ),
  )
  expect(() => assertMayLoad(url, true)).not.toThrow()
  expect(() => assertMayLoad(new URL('http://localhost/'), false)).not.toThrow()
})
