import { errorKind, type Fetch } from '@steadfetch/core'
import { pool } from '@steadfetch/pool'
import { createAuthority } from '@steadfetch/test-support/certificates'
import { type Nginx, nginx, startNginx } from '@steadfetch/test-support/real/nginx'
import { describeWith } from '@steadfetch/test-support/real/program'
import { statusOf } from '@steadfetch/test-support/status-of'
import { fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** npm undici's fetch has types of its own, though it is called in the same way. */
const npmFetch = undiciFetch as unknown as Fetch
const platformHasHttp2 = Number(process.versions.undici?.split('.')[0]) >= 8

describeWith('nginx', [nginx], () => {
  let running: Nginx
  beforeAll(async () => {
    running = await startNginx()
  })
  afterAll(() => running[Symbol.asyncDispose]())

  const trust = (): { ca: string } => ({ ca: running.authority.cert })

  describe.each([
    ['the built-in fetch', (input, init) => fetch(input, init)],
    ["npm undici's fetch", npmFetch],
  ] satisfies [string, Fetch][])('%s', (_, below) => {
    it('trusts a private authority that it was given', async () => {
      await using trusting = pool({ tls: trust() })
      const response = await trusting(below)(running.urls.good)
      expect([response.status, await response.text()]).toEqual([200, 'HTTP/1.1'])
    })

    it.each(['selfSigned', 'expired', 'wrongHost'] as const)('refuses a certificate: %s', async (name) => {
      await using trusting = pool({ tls: trust() })
      expect(await trusting(below)(running.urls[name]).catch(errorKind)).toBe('tls')
      await using careless = pool({ tls: { verify: false } })
      expect(await statusOf(careless(below)(running.urls[name]))).toBe(200)
      expect(await trusting(below)(running.urls[name]).catch(errorKind)).toBe('tls')
    })

    it('refuses an authority that nobody has named', async () => {
      await using usual = pool()
      expect(await usual(below)(running.urls.good).catch(errorKind)).toBe('tls')
    })

    it('shows the certificate of the client to a server that asks for it', async () => {
      await using known = pool({ tls: { ...trust(), ...running.authority.issueClient() } })
      expect(await statusOf(known(below)(running.urls.mutual))).toBe(200)
      await using stranger = pool({ tls: { ...trust(), ...createAuthority().issueClient() } })
      expect(await statusOf(stranger(below)(running.urls.mutual))).toBe(400)
      await using nobody = pool({ tls: trust() })
      expect(await statusOf(nobody(below)(running.urls.mutual))).toBe(400)
    })
  })

  describe('HTTP/2', () => {
    it.runIf(platformHasHttp2)('is negotiated by the built-in fetch', async () => {
      await using two = pool({ http2: true, tls: trust() })
      const response = await two((input, init) => fetch(input, init))(running.urls.good)
      expect(await response.text()).toBe('HTTP/2.0')
    })

    it("is negotiated by npm undici's fetch, on one connection", async () => {
      await using two = pool({ http2: true, tls: trust() })
      const calls = Array.from({ length: 50 }, async () => (await two(npmFetch)(running.urls.good)).text())
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['HTTP/2.0']))
      expect(two.stats()[new URL(running.urls.good).origin]).toMatchObject({ open: 1 })
    })

    it('is not spoken without TLS, nor unless it was asked for', async () => {
      await using two = pool({ http2: true, tls: trust() })
      expect(await (await two(npmFetch)(running.urls.http)).text()).toBe('HTTP/1.1')
      await using one = pool({ tls: trust() })
      expect(await (await one(npmFetch)(running.urls.good)).text()).toBe('HTTP/1.1')
    })
  })
})
