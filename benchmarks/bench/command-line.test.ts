import { expect, test } from 'vitest'
import { parseCommand } from './command-line.ts'
import { UserError } from './user-error.ts'

const defaults = {
  url: undefined,
  concurrency: [1, 10, 100],
  connections: [null],
  modes: ['unpooled', 'pooled'],
  layers: [],
  duration: 5000,
  requests: undefined,
  rate: undefined,
  json: undefined,
  compare: undefined,
  yes: false,
}

test('has defaults for everything, gentler ones to a URL', () => {
  expect(parseCommand([])).toEqual(defaults)
  const url = new URL('http://127.0.0.1:8080/a?b=c')
  expect(parseCommand([url.href])).toEqual({ ...defaults, url, concurrency: [10], duration: 3000 })
  expect(parseCommand(['--help'])).toBeUndefined()
})

test('takes flags on either side of the URL, and lists', () => {
  const url = new URL('https://localhost/')
  const args = ['--concurrency', '1,8,64', '--connections=1,16', '--duration=500ms', '--rate', '50', url.href]
  const more = ['--modes', 'http2,pooled', '--layers', 'timeout,retry,timeout', '--json', 'a', '--compare=b', '--yes']
  expect(parseCommand([...args, ...more])).toEqual({
    url,
    concurrency: [1, 8, 64],
    connections: [1, 16],
    modes: ['http2', 'pooled'],
    layers: ['timeout', 'retry', 'timeout'],
    duration: 500,
    requests: undefined,
    rate: 50,
    json: 'a',
    compare: 'b',
    yes: true,
  })
  expect(parseCommand(['--requests', '40'])).toEqual({ ...defaults, requests: 40 })
  expect(parseCommand(['--duration', '1.5m'])).toEqual({ ...defaults, duration: 90_000 })
})

test.for([
  [['nonsense'], 'the URL must begin with http:// or https://, got "nonsense"'],
  [['overhead', '--rate', '1'], 'the URL must begin with http:// or https://, got "overhead"'],
  [['ftp://user:pw@example.org'], 'the URL must begin with http:// or https://, got "ftp://…@example.org"'],
  [['http://'], 'this is not a valid URL: "http://"'],
  [['http://user:pw@127.0.0.1/'], 'fetch takes no user and password in a URL, got "http://…@127.0.0.1/"'],
  [['http://127.0.0.1/', 'http://127.0.0.1/'], 'one URL at most, got 2 arguments'],
  [['--concurrency', '0'], '--concurrency must be a whole number from 1 to 1000, got "0"'],
  [['--concurrency', '1,,2'], '--concurrency must be a whole number from 1 to 1000, got ""'],
  [['--concurrency', '8,1,8'], '--concurrency names 8 twice'],
  [['--connections', '1e3'], '--connections must be a whole number from 1 to 1000, got "1e3"'],
  [
    ['--connections', '4', '--modes', 'unpooled'],
    '--connections goes with pooled or http2: unpooled opens one for each call',
  ],
  [['--modes', 'keepalive'], '--modes must be of unpooled, pooled, http2, got "keepalive"'],
  [['--modes', 'pooled,pooled'], '--modes names pooled twice'],
  [
    ['http://127.0.0.1/', '--modes', 'pooled,http2'],
    'http2 needs an https:// URL: it is agreed upon within TLS, and there is none on plain http',
  ],
  [
    ['--layers', 'timeout,cache'],
    '--layers must be of timeout, retry, circuitBreaker, concurrency, hooks, log, got "cache"',
  ],
  [['--duration', '5'], '--duration must be a time from 100ms to 60m, such as 5s, got "5"'],
  [['--duration', '1ms'], '--duration must be a time from 100ms to 60m, such as 5s, got "1ms"'],
  [['--duration', '61m'], '--duration must be a time from 100ms to 60m, such as 5s, got "61m"'],
  [['--duration', '5s', '--requests', '9'], '--duration or --requests, not both'],
  [['--requests', '-5'], '--requests needs a value; see --help'],
  [['--requests', 'many'], '--requests must be a whole number from 1 to 10000000, got "many"'],
  [['--rate', '0.5'], '--rate must be a whole number from 1 to 100000, got "0.5"'],
  [['--json'], '--json needs a value; see --help'],
  [['--compare'], '--compare needs a value; see --help'],
  [['--bogus'], "Unknown option '--bogus'; see --help"],
  [['--yes=no'], "Option '--yes' does not take an argument; see --help"],
] as const)('refuses %j', ([args, message]) => {
  expect(() => parseCommand([...args])).toThrow(new UserError(message))
})
