import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { fetch as undiciFetch } from 'undici'
import { describe, expect, it } from 'vitest'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()

/** The platform's fetch, which remembers what it has made. */
function remembering(): { fetch: typeof platform; made: Response[] } {
  const made: Response[] = []
  const fetch: typeof platform = async (input, init) => {
    const response = await platform(input, init)
    made.push(response)
    return response
  }
  return { fetch, made }
}

describe.each(subjects)('$name: the Response', ({ wrap, options, follows }) => {
  it.each([
    ['/json', {}],
    ['/status/404', {}],
    ['/status/204', {}],
    ['/gzip', {}],
    ['/redirect', {}],
    ['/bytes?size=1000000&chunked=1', {}],
    ['/json', { method: 'HEAD' }],
  ])('to %s, %j is the very object that the fetch below made', async (path, init) => {
    const { fetch, made } = remembering()
    const response = await wrap(fetch)(here.url(path), { ...options, ...init })
    expect(made).toHaveLength(follows && path === '/redirect' ? 2 : 1)
    expect(response).toBe(made.at(-1))
    await response.arrayBuffer()
  })

  it('is the last one that the fetch below made where it was asked more than once', async () => {
    const { fetch, made } = remembering()
    const response = await wrap(fetch)(here.url('/status/503'))
    expect(response).toBe(made.at(-1))
    expect(await response.text()).toBe('503 Service Unavailable\n')
  })

  it('is one that somebody made by hand', async () => {
    const made = new Response('by hand', { status: 201, statusText: 'Crafted' })
    const response = await wrap(scriptedFetch(() => made))('http://a.test/')
    expect(response).toBe(made)
    expect(await response.text()).toBe('by hand')
  })

  it('is one that is an error, or has been read already', async () => {
    const used = new Response('used')
    await used.text()
    for (const made of [Response.error(), used]) {
      expect(await wrap(scriptedFetch(() => made))('http://a.test/')).toBe(made)
    }
    expect(used.bodyUsed).toBe(true)
  })

  it('is one of another realm', async () => {
    const made: object[] = []
    const foreign: typeof platform = async (...call) => {
      const response: Response = await Reflect.apply(undiciFetch, undefined, call)
      made.push(response)
      return response
    }
    const response = await wrap(foreign)(here.url('/json'))
    expect(response).toBe(made[0])
    expect(response).not.toBeInstanceOf(Response)
    expect(await response.json()).toEqual({ ok: true })
  })

  it('is a Response with all that the server has sent', async () => {
    const path = '/status/418?set-cookie=a=1&set-cookie=b=2&x-empty=&x-list=1&x-list=2'
    const response = await wrap(platform)(here.url(path))
    expect(response).toBeInstanceOf(Response)
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype)
    expect(response).toMatchObject({ status: 418, statusText: "I'm a Teapot", ok: false, type: 'basic' })
    expect(response).toMatchObject({ url: here.url(path), redirected: false })
    expect(response.headers).toBeInstanceOf(Headers)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([...response.headers].filter(([name]) => name === 'set-cookie')).toHaveLength(2)
    expect(response.headers.get('x-empty')).toBe('')
    expect(response.headers.get('x-list')).toBe('1, 2')
    expect(Object.keys(response)).toEqual([])
    expect(await response.text()).toBe("418 I'm a Teapot\n")
  })
})
