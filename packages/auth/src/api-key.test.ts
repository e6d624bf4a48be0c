import { type ScriptedFetch, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { apiKey } from './api-key.ts'
import { auth } from './auth.ts'

const here = 'https://api.test'
const there = 'https://other.test'

const urls = (inner: ScriptedFetch): string[] =>
  inner.calls.map(({ input }) => (input instanceof Request ? input.url : String(input)))

const leadingTo = (location: string) => (): Response => new Response(null, { status: 302, headers: { location } })

describe('options', () => {
  it.each([
    [{ value: 'canary' }, 'apiKey: name must be the name of a header, got undefined'],
    [{ name: 'a b', value: 'canary' }, 'apiKey: name must be the name of a header'],
    [
      { name: 'x', value: 12345 },
      'apiKey: value must be a string of ASCII characters, without a space at either end, got number',
    ],
    [
      { name: 'x', value: 'canary\n' },
      'apiKey: value must be a string of ASCII characters, without a space at either end',
    ],
    [{ name: 'x', value: '' }, 'apiKey: value must be a string of ASCII characters, without a space at either end'],
    [{ name: 'x', value: 'canary', in: 'body' }, "apiKey: in must be 'header' or 'query', got \"body\""],
    [{ name: '', value: 'canary', in: 'query' }, 'apiKey: name must be the name of a parameter'],
    [{ name: 'x', value: '', in: 'query' }, 'apiKey: value must be a string that is not empty'],
    [{ name: 'x', value: 'canary', in: 'query' }, 'apiKey: a key in the query needs origins, as in'],
    [{ name: 'x', value: 'canary', origins: '*' }, /^apiKey: origins must be origins/],
    [{ name: 'x', key: 'canary' }, 'apiKey: there is no option "key"; there are name, value, in, origins'],
  ])('refuses %o, and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(apiKey, undefined, [options])).toThrow(message)
  })
})

it.each(['Content-Length', 'host', 'TRANSFER-ENCODING', 'connection', 'te', 'proxy-authorization', '__proto__'])(
  'is refused in a header that cannot have it: %s',
  (name) => {
    const message = `apiKey: name must be that of a header that can have a key, got "${name}"`
    expect(() => apiKey({ name, value: 'canary' })).toThrow(new TypeError(message))
  },
)

describe('a key in a header', () => {
  const fetched = auth(apiKey({ name: 'X-API-Key', value: 'a key', origins: here }))
  const keys = (inner: ScriptedFetch): (string | null)[] =>
    inner.calls.map(({ init }) => new Headers(init?.headers).get('x-api-key'))

  it('goes to its origins, redirects included', async () => {
    const inner = scriptedFetch(leadingTo(there), leadingTo(here), 401)
    expect((await fetched(inner)(here)).status).toBe(401)
    expect(keys(inner)).toEqual(['a key', null, 'a key'])
  })

  it('stays out of the way of the caller’s, and of no other header', async () => {
    const inner = scriptedFetch()
    await fetched(inner)(here, { headers: { 'x-api-key': 'mine' } })
    await fetched(inner)(here, { headers: { authorization: 'mine' } })
    expect(keys(inner)).toEqual(['mine', 'a key'])
  })
})

describe('a key in the query', () => {
  const fetched = auth(apiKey({ name: 'api key', value: 'k&ä', in: 'query', origins: here }))
  const pair = 'api+key=k%26%C3%A4'

  it.each([
    [here, `${here}/?${pair}`],
    [`${here}/a?`, `${here}/a?${pair}`],
    [`${here}/a?b=%20+c&&d=~'#fragment`, `${here}/a?b=%20+c&&d=~%27&${pair}#fragment`],
    [`${here}/a?api%20key=mine`, `${here}/a?api%20key=mine`],
    [`${here}/a?${pair}`, `${here}/a?${pair}`],
    ['data:,a', 'data:,a'],
    ['https://user:canary@api.test/', 'https://user:canary@api.test/'],
  ])('makes of %s %s', async (url, sent) => {
    const inner = scriptedFetch()
    await fetched(inner)(url)
    await fetched(inner)(new URL(url))
    expect(urls(inner)).toEqual([sent, sent])
  })

  it('comes with every request to its origins, and once', async () => {
    const inner = scriptedFetch(leadingTo('/bare'), leadingTo(`/echo?${pair}`), 200)
    await fetched(inner)(`${here}/start`)
    expect(urls(inner)).toEqual([`${here}/start?${pair}`, `${here}/bare?${pair}`, `${here}/echo?${pair}`])
  })

  it.each([
    [`?a=1&${pair}&b=%20`, '?a=1&b=%20'],
    ['?api%20key=k%26%c3%a4', ''],
    ['?api%20key=other', '?api%20key=other'],
    ['?a', '?a'],
  ])('does not go elsewhere with a Location that has it: %s', async (query, left) => {
    const inner = scriptedFetch(leadingTo(`${there}/${query}#end`), 200)
    await fetched(inner)(here)
    expect(urls(inner)[1]).toBe(`${there}/${left}#end`)
  })

  it('does not go elsewhere as a Request either, whose body arrives', async () => {
    const inner = scriptedFetch()
    const request = new Request(`${there}/?${pair}`, { method: 'PUT', body: 'abc', redirect: 'manual' })
    await fetched(inner)(request)
    expect(urls(inner)).toEqual([`${there}/`])
    expect(inner.calls[0]?.init?.method).toBe('PUT')
    expect(await new Response(inner.calls[0]?.init?.body).text()).toBe('abc')
  })

  it('goes along with an authorization of the caller’s own', async () => {
    const inner = scriptedFetch()
    await fetched(inner)(here, { headers: { authorization: 'mine' } })
    expect(urls(inner)).toEqual([`${here}/?${pair}`])
  })
})
