import {
  type Callback,
  MemoryCookieStore,
  Store,
  type Cookie as ToughCookie,
  CookieJar as ToughJar,
} from 'tough-cookie'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type CookieJarOptions, cookieJar } from './cookie-jar.ts'

const url = 'https://www.a.test/x/y'
afterEach(() => void vi.useRealTimers())

describe('options', () => {
  it.each<[unknown, string]>([
    [7, 'cookieJar: options must be an object, got 7'],
    [{ jar: 1 }, 'cookieJar: there is no option "jar"; there are store, maxCookies, maxPerSite'],
    [{ store: {} }, "cookieJar: store must be a store of tough-cookie's kind, with findCookie(), got an object"],
    [{ maxCookies: 0 }, 'cookieJar: maxCookies must be a positive integer, got 0'],
    [{ maxPerSite: '5' }, 'cookieJar: maxPerSite must be a positive integer, got "5"'],
  ])('refuses %o and names what is wrong', (options, message) => {
    expect(() => Reflect.apply(cookieJar, undefined, [options])).toThrow(message)
  })
})

describe('a cookie', () => {
  it('is shown with all that is known of it', async () => {
    vi.useFakeTimers({ now: 0 })
    const jar = cookieJar()
    await jar.set('a=1; Domain=a.test; Path=/x; Secure; HttpOnly; SameSite=Lax; Max-Age=60', url)
    await jar.set('b=2', url)
    expect(await jar.get(new URL(url))).toEqual([
      {
        ...{ name: 'a', value: '1', domain: 'a.test', hostOnly: false, path: '/x', secure: true, httpOnly: true },
        ...{ sameSite: 'lax', expires: new Date(60_000) },
      },
      {
        ...{ name: 'b', value: '2', domain: 'www.a.test', hostOnly: true, path: '/x', secure: false, httpOnly: false },
        ...{ sameSite: undefined, expires: undefined },
      },
    ])
  })

  it('that may not be set is told of', async () => {
    const jar = cookieJar()
    const accepted = ['a=1', 'b=1; Domain=b.test', '', 'c=1; SameSite=None', '__Host-d=1', 'e=1; Max-Age=0']
    expect(await Promise.all(accepted.map((cookie) => jar.set(cookie, url)))).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ])
    expect(await jar.header(url)).toBe('a=1')
  })

  it('goes when its time is over', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] })
    const jar = cookieJar()
    await jar.set('a=1; Max-Age=60', url)
    vi.setSystemTime(59_999)
    expect(await jar.header(url)).toBe('a=1')
    vi.setSystemTime(60_000)
    expect(await jar.header(url)).toBe('')
  })

  it('is not given more time by being used', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] })
    const jar = cookieJar()
    for (const age of ['60', '9'.repeat(30), '-1']) await jar.set(`a${age}=1; Max-Age=${age}`, url)
    for (const time of [30_000, 59_999]) {
      vi.setSystemTime(time)
      expect(await jar.get(url)).toHaveLength(2)
    }
    vi.setSystemTime(60_000)
    expect(await jar.get(url)).toHaveLength(1)
  })

  it('that was Secure is in the way of no other when its time is over', async () => {
    vi.useFakeTimers({ now: 0 })
    const jar = cookieJar()
    await jar.set('a=1; Secure; Max-Age=1', 'https://a.test/')
    expect(await jar.set('a=2', 'http://a.test/')).toBe(false)
    vi.setSystemTime(1000)
    expect(await jar.set('a=2', 'http://a.test/')).toBe(true)
    expect(await jar.header('http://a.test/')).toBe('a=2')
  })

  it.each(['test', 'local', 'example', 'redis', 'localhost', '[::1]', '127.0.0.1'])(
    'is one of the host %s',
    async (host) => {
      const jar = cookieJar()
      expect(await jar.set('a=1; Path=/x', `http://${host}:8080/`)).toBe(true)
      expect(await jar.header(`http://${host}/x/y`)).toBe('a=1')
      expect(await jar.header(`http://${host}/`)).toBe('')
      expect(await jar.header('http://another/x')).toBe('')
    },
  )

  it('is asked for by a URL', async () => {
    const message = 'cookieJar: a URL with its scheme is needed, got "a.test"'
    await expect(cookieJar().header('a.test')).rejects.toThrow(new TypeError(message))
    await expect(cookieJar().set('a=1', 'a.test')).rejects.toThrow(new TypeError(message))
  })

  it('is a Set-Cookie header', async () => {
    for (const header of [5, {}, ['a=1'], undefined]) {
      const setting = Reflect.apply(cookieJar().set, cookieJar(), [header, url])
      await expect(setting).rejects.toThrow('cookieJar: set needs a Set-Cookie header, got')
    }
  })
})

describe('too many cookies', () => {
  /** What a jar is left with. */
  async function left(options: CookieJarOptions, cookies: readonly string[], at = url): Promise<string[]> {
    const jar = cookieJar(options)
    for (const [position, cookie] of cookies.entries()) {
      vi.setSystemTime(position)
      await jar.set(cookie, at)
    }
    return (await jar.get(at)).map(({ name }) => name)
  }

  it('of one domain drive out the expired, then those unused for longest, and Secure ones last', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] })
    expect(await left({ maxPerSite: 3 }, ['a=1', 'b=1', 'c=1', 'd=1'])).toEqual(['b', 'c', 'd'])
    expect(await left({ maxPerSite: 2 }, ['a=1; Secure', 'b=1', 'c=1; Secure'])).toEqual(['a', 'c'])
    const jar = cookieJar({ maxPerSite: 2 })
    await jar.set('a=1', url)
    await jar.set('b=1; Max-Age=1', url)
    vi.setSystemTime(5000)
    await jar.set('c=1', url)
    expect(await jar.header(url)).toBe('a=1; c=1')
  })

  it('of one site leave those of others alone, however many hosts the site has', async () => {
    const jar = cookieJar({ maxPerSite: 3, maxCookies: 10 })
    await jar.set('session=1; Secure', 'https://bank.test/')
    for (let host = 0; host < 50; host += 1) await jar.set('a=1; Secure', `https://d${host}.evil.test/`)
    expect(await jar.header('https://bank.test/')).toBe('session=1')
    expect(JSON.parse(await jar.save()).cookies).toHaveLength(4)
  })

  it('are not loaded', async () => {
    const large = cookieJar()
    for (let name = 0; name < 50; name += 1) await large.set(`a${name}=1`, url)
    const jar = cookieJar({ maxPerSite: 5 })
    await jar.load(await large.save())
    expect(await jar.get(url)).toHaveLength(5)
  })

  it('in all are never more than may be, from the store that they began with on', async () => {
    const store = new MemoryCookieStore()
    const before = new ToughJar(store)
    for (let host = 0; host < 30; host += 1) await before.setCookie('a=1', `https://old${host}.test/`)
    const jar = cookieJar({ store, maxCookies: 20 })
    for (let host = 0; host < 50; host += 1) {
      await jar.set('a=1', `https://new${host}.test/`)
      expect((await store.getAllCookies()).length).toBeLessThanOrEqual(20)
    }
    expect((await store.getAllCookies()).every(({ domain }) => domain?.startsWith('new'))).toBe(true)
    expect(await jar.header('https://new49.test/')).toBe('a=1')
  })

  it('leave nothing behind when they are gone', async () => {
    const jar = cookieJar({ maxCookies: 10 })
    for (let host = 0; host < 500; host += 1) await jar.set('a=1', `https://host${host}.test/`)
    const { cookies } = JSON.parse(await jar.save()) as { cookies: unknown[] }
    expect(cookies.length).toBeLessThanOrEqual(10)
    await jar.clear()
    expect(JSON.parse(await jar.save())).toMatchObject({ cookies: [] })
  })
})

describe('save and load', () => {
  it('carry all cookies over, those of the session too', async () => {
    const jar = cookieJar()
    for (const cookie of ['a=1', 'b=2; Max-Age=100; Path=/', '=nameless', 'c=3; Domain=a.test; Secure'])
      await jar.set(cookie, url)
    const other = cookieJar()
    await other.load(await jar.save())
    expect(await other.get(url)).toEqual(await jar.get(url))
    expect(await jar.get(url)).toHaveLength(4)
  })

  it.each(['https://[::1]/x', 'https://a.test/x;v=1/y', `https://a.test/${'p'.repeat(1100)}/y`])(
    'carry over what %s has set',
    async (from) => {
      const [jar, other] = [cookieJar(), cookieJar()]
      await jar.set('a=1', from)
      await other.load(await jar.save())
      expect(await other.header(from)).toBe('a=1')
    },
  )

  it('leave out what has expired', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] })
    const jar = cookieJar()
    for (const cookie of ['a=1; Max-Age=10', 'b=1']) await jar.set(cookie, url)
    const saved = await jar.save()
    vi.setSystemTime(20_000)
    const other = cookieJar()
    await other.load(saved)
    expect(JSON.parse(await other.save()).cookies).toHaveLength(1)
  })

  it("take what tough-cookie's own jar has saved", async () => {
    const tough = new ToughJar()
    await tough.setCookie('a=1', url)
    const jar = cookieJar()
    await jar.load(JSON.stringify(tough.serializeSync()))
    expect(await jar.header(url)).toBe('a=1')
  })

  const good = '{"key":"a","value":"1","domain":"a.test","path":"/"}'
  it.each<[string, unknown, string]>([
    ['an object', {}, 'load needs the text that save() gave, got an object'],
    ['no JSON', 'canary', 'load needs the text of a saved jar: it is no JSON'],
    ['nothing', '', 'load needs the text of a saved jar: it is no JSON'],
    ['null', 'null', 'load needs the text of a saved jar: it has no "cookies"'],
    ['no list', '{"cookies":{}}', 'load needs the text of a saved jar: it has no "cookies"'],
    ['no cookie', `{"cookies":[${good},5]}`, 'load needs the text of a saved jar: number 2 of its cookies is none'],
    ['no domain', '{"cookies":[{"key":"a","value":"canary","path":"/"}]}', 'number 1 of its cookies is none'],
    [
      'an empty domain',
      '{"cookies":[{"key":"a","value":"canary","domain":"","path":"/"}]}',
      'number 1 of its cookies is none',
    ],
    [
      'no path',
      `{"cookies":[{"key":"a","value":"canary","domain":"a.test","path":"x"}]}`,
      'number 1 of its cookies is none',
    ],
  ])('refuse %s, add nothing and show no cookie', async (_, saved, message) => {
    const jar = cookieJar()
    const error = await Reflect.apply(jar.load, jar, [saved]).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain(message)
    expect(String(error)).not.toContain('canary')
    expect(await jar.header('http://a.test/')).toBe('')
  })
})

/** A store that answers in one way only. */
function storeThat(answers: 'promises' | 'calls back' | 'does both' | 'throws'): Store {
  const inner = new MemoryCookieStore()
  const names = ['findCookie', 'findCookies', 'putCookie', 'removeCookie', 'getAllCookies'] as const
  const methods = names.map((name) => {
    const method = (...args: unknown[]): unknown => {
      const callback = args.find((argument) => typeof argument === 'function') as
        | ((...args: unknown[]) => void)
        | undefined
      if (answers === 'throws') throw new Error('disk')
      const result = Reflect.apply(
        inner[name],
        inner,
        args.filter((argument) => argument !== callback),
      ) as Promise<unknown>
      if (answers !== 'promises') void result.then((value) => setTimeout(() => callback?.(null, value)))
      return answers === 'calls back' ? undefined : result
    }
    return [name, method]
  })
  return Object.fromEntries(methods) as unknown as Store
}

describe('a store', () => {
  it.each(['promises', 'calls back', 'does both'] as const)('may be one that only %s', async (answers) => {
    const jar = cookieJar({ store: storeThat(answers), maxCookies: 2 })
    for (const cookie of ['a=1', 'b=1', 'a=2', 'c=1; Max-Age=0', 'd=1']) await jar.set(cookie, url)
    expect(await jar.header(url)).toMatch(/^[abd]=\d; d=1$/)
    expect(JSON.parse(await jar.save()).cookies).toHaveLength(2)
    await jar.clear()
    expect(await jar.header(url)).toBe('')
  })

  it('that fails is an error of the call', async () => {
    const jar = cookieJar({ store: storeThat('throws') })
    for (const asking of [jar.header(url), jar.set('a=1', url), jar.save(), jar.clear()]) {
      await expect(asking).rejects.toThrow('disk')
    }
    const rejecting = { ...storeThat('promises'), findCookies: () => Promise.reject(undefined) } as unknown as Store
    await expect(cookieJar({ store: rejecting }).header(url)).rejects.toThrow()
  })

  it('that gives no list is an error of the call', async () => {
    for (const list of [[null], 5, ['a=1']]) {
      const odd = { ...storeThat('promises'), findCookies: async () => list } as unknown as Store
      await expect(cookieJar({ store: odd }).header(url)).rejects.toThrow(
        'cookieJar: store: findCookies() must give a list',
      )
    }
  })

  it('that has only what every store has is cleared all the same', async () => {
    class Minimal extends Store {
      readonly #inner = new MemoryCookieStore()
      override findCookie = this.#inner.findCookie.bind(this.#inner)
      override findCookies = this.#inner.findCookies.bind(this.#inner)
      override putCookie = this.#inner.putCookie.bind(this.#inner)
      override removeCookie = this.#inner.removeCookie.bind(this.#inner)
      override getAllCookies = this.#inner.getAllCookies.bind(this.#inner)
    }
    const jar = cookieJar({ store: new Minimal() })
    for (const cookie of ['a=1', 'a=2', 'b=1']) await jar.set(cookie, url)
    expect(await jar.header(url)).toBe('a=2; b=1')
    await jar.clear()
    expect(await jar.header(url)).toBe('')
  })

  it('may be an object of a class with private parts', async () => {
    class PrivateStore extends MemoryCookieStore {
      #reads = 0
      get reads(): number {
        return this.#reads
      }
      override async getAllCookies(callback: Callback<ToughCookie[]> = () => {}): Promise<ToughCookie[]> {
        this.#reads += 1
        const cookies = await super.getAllCookies()
        callback(null, cookies)
        return cookies
      }
    }
    const store = new PrivateStore()
    await cookieJar({ store }).save()
    expect(store.reads).toBe(1)
  })
})
