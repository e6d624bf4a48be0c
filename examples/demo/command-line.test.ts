import { expect, test } from 'vitest'
import { parseCommand } from './command-line.ts'
import { UserError } from './user-error.ts'

test('has defaults for everything', () => {
  expect(parseCommand([])).toEqual({ scene: 'embedded', calls: 2000, seed: 1 })
  const url = new URL('https://example.org/a?b=c')
  expect(parseCommand([url.href])).toEqual({ scene: 'url', url, calls: 100, concurrency: 10 })
  expect(parseCommand(['--help'])).toEqual({ scene: 'help' })
})

test('takes flags on either side of the URL', () => {
  const url = new URL('http://127.0.0.1:8080/')
  const command = parseCommand(['--calls', '7', url.href, '--concurrency=3'])
  expect(command).toEqual({ scene: 'url', url, calls: 7, concurrency: 3 })
  expect(parseCommand(['--seed', '0', '--calls=50'])).toEqual({ scene: 'embedded', calls: 50, seed: 0 })
})

test.for([
  [['nonsense'], 'the URL must begin with http:// or https://, got "nonsense"'],
  [['localhost:3000'], 'the URL must begin with http:// or https://, got "localhost:3000"'],
  [['ftp://user:pw@example.org'], 'the URL must begin with http:// or https://, got "ftp://…@example.org"'],
  [['http://'], 'this is not a valid URL: "http://"'],
  [['http://user:pw@127.0.0.1/'], 'fetch takes no user and password in a URL, got "http://…@127.0.0.1/"'],
  [['http://127.0.0.1/', 'http://127.0.0.1/'], 'one URL at most, got 2 arguments'],
  [['--calls', '0'], '--calls must be a whole number from 1 to 100000, got "0"'],
  [['--calls', '1e3'], '--calls must be a whole number from 1 to 100000, got "1e3"'],
  [['--calls', '-5'], '--calls needs a value; see --help'],
  [['--calls'], '--calls needs a value; see --help'],
  [['--seed=-1'], '--seed must be a whole number from 0 to 4294967295, got "-1"'],
  [['--concurrency', '4'], '--concurrency goes with a URL only'],
  [['http://127.0.0.1/', '--concurrency', '0'], '--concurrency must be a whole number from 1 to 1000, got "0"'],
  [['http://127.0.0.1/', '--seed', '4'], '--seed goes with the embedded upstream only, not with a URL'],
  [['--bogus'], "Unknown option '--bogus'; see --help"],
  [['--help=yes'], "Option '--help' does not take an argument; see --help"],
] as const)('refuses %j', ([args, message]) => {
  expect(() => parseCommand([...args])).toThrow(new UserError(message))
})
