import { networkError, scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { expectNoUnhandledRejection } from '@steadfetch/test-support/unhandled-rejections'
import { describe, expect, it } from 'vitest'
import { harden } from './harden.ts'
import { hardenGlobalFetch, type Scope } from './harden-global-fetch.ts'
import { services } from './services.ts'

expectNoUnhandledRejection()

const url = 'http://a.test/'
const around = (fetch: Scope['fetch']) => harden({ retry: { backoff: () => 1 } }, fetch)

describe('the global fetch', () => {
  it('is hardened', async () => {
    const inner = scriptedFetch(networkError('ECONNRESET'), 503, 200)
    const scope: Scope = { fetch: inner }
    const hardened = hardenGlobalFetch(around, scope)
    expect((await scope.fetch(url)).status).toBe(200)
    expect(inner.calls).toHaveLength(3)
    expect(hardened?.describe()).toContain('retry')
  })

  it('is hardened once, whatever it has become since', () => {
    const scope: Scope = { fetch: scriptedFetch(200) }
    hardenGlobalFetch(around, scope)
    const { fetch: once } = scope
    expect(hardenGlobalFetch(() => expect.unreachable(), scope)).toBeUndefined()
    expect(scope.fetch).toBe(once)
    const stub = scriptedFetch(201)
    scope.fetch = stub
    expect(hardenGlobalFetch(() => expect.unreachable(), scope)).toBeUndefined()
    expect(scope.fetch).toBe(stub)
  })

  it('looks as it did', () => {
    const scope: Scope = { fetch: globalThis.fetch }
    const before = { scope: Object.getOwnPropertyDescriptor(scope, 'fetch'), name: fetch.name, length: fetch.length }
    hardenGlobalFetch(around, scope)
    const { name, length } = scope.fetch
    expect(scope.fetch).not.toBe(globalThis.fetch)
    expect({ scope: Object.getOwnPropertyDescriptor(scope, 'fetch'), name, length }).toEqual({
      ...before,
      scope: { ...before.scope, value: scope.fetch },
    })
    expect(Object.keys(scope)).toEqual(['fetch'])
    expect(Reflect.ownKeys(scope.fetch).sort()).toEqual(['length', 'name'])
  })

  it('rejects, and throws nothing', async () => {
    const scope: Scope = { fetch: globalThis.fetch }
    hardenGlobalFetch((fetch) => services({ '*': {} }, fetch), scope)
    const wrong: readonly unknown[][] = [[], [Symbol('url')], [url, 5], ['/relative'], [{ toString: () => 5 / 0 }]]
    for (const args of wrong) {
      const calling: Promise<unknown> = Reflect.apply(scope.fetch, undefined, args)
      await expect(calling).rejects.toBeInstanceOf(TypeError)
    }
  })

  it('reads no options of layers: a program that was not written for them means something else', async () => {
    const inner = scriptedFetch(503)
    const scope: Scope = { fetch: inner }
    hardenGlobalFetch(
      (fetch) => harden({ retry: { backoff: () => 1 }, log: { logger: false }, cookies: true }, fetch),
      scope,
    )
    const foreign = { timeout: 5000, retry: 3, log: 'debug', auth: { user: 'me' }, cookies: 'a=1', pool: { size: 1 } }
    const init = { method: 'PUT', body: 'text', ...foreign }
    expect((await scope.fetch(url, init)).status).toBe(503)
    expect(inner.calls).toHaveLength(3)
    expect(inner.calls[0]?.init).toMatchObject({ method: 'PUT', body: 'text', pool: { size: 1 } })
    for (const name of ['timeout', 'retry', 'log', 'auth', 'cookies']) {
      expect(inner.calls[0]?.init).not.toHaveProperty(name)
    }
    expect(init).toEqual({ method: 'PUT', body: 'text', ...foreign })
  })

  it('stays as it is where it cannot be hardened', () => {
    const inner = scriptedFetch(200)
    const scope: Scope = { fetch: inner }
    expect(() => hardenGlobalFetch(() => harden({ retry: { attempts: 0 } }, inner), scope)).toThrow('attempts')
    expect(scope.fetch).toBe(inner)
    expect(hardenGlobalFetch(around, scope)).toBeDefined()
  })

  it('has to be there', () => {
    const nothing = { fetch: undefined }
    expect(() => Reflect.apply(hardenGlobalFetch, undefined, [around, nothing])).toThrow('there is no global fetch')
  })
})
