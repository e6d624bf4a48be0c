import type { FetchInit } from '@steadfetch/core'
import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { optionNames, type Subject, subjects } from './subjects.ts'

const url = 'http://a.test/'

/** What comes to the fetch below of a call with these members. */
async function arrived(wrap: Subject['wrap'], init: FetchInit): Promise<Record<string, unknown>> {
  const inner = scriptedFetch()
  await wrap(inner)(url, init)
  return { ...inner.calls[0]?.init }
}

const own = Symbol('own')

describe.each(subjects)('$name: members of init', ({ wrap, options, overridesDispatcher }) => {
  it('that the platform knows arrive as they are', async () => {
    const init: RequestInit = {
      method: 'POST',
      headers: new Headers({ 'x-test': 'yes' }),
      body: new Blob(['a body']),
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      mode: 'cors',
      keepalive: false,
      integrity: '',
      referrer: 'about:client',
      referrerPolicy: 'no-referrer',
    }
    const seen = await arrived(wrap, init)
    // Headers can be changed, so that a layer may have made a copy.
    expect(seen.headers).toEqual(init.headers)
    for (const [member, value] of Object.entries({ ...init, headers: seen.headers })) {
      expect(seen[member], member).toBe(value)
    }
  })

  it('that only some runtimes know arrive as they are', async () => {
    const init = {
      dispatcher: { dispatch: () => true },
      cf: { cacheTtl: 5 },
      next: { revalidate: 60 },
      priority: 'low' as const,
      duplex: 'half' as const,
      client: {},
      verbose: true,
      custom: undefined,
      [own]: 'of a symbol',
    }
    const seen = await arrived(wrap, init)
    for (const member of Reflect.ownKeys(init)) {
      // Nothing slips past a proxy.
      if (member === 'dispatcher' && overridesDispatcher) expect(seen[member]).not.toBe(init.dispatcher)
      else expect(Reflect.get(seen, member)).toBe(Reflect.get(init, member))
    }
  })

  it.each(['a generator', 'a stream'])('that are %s arrive as they are', async (form) => {
    const body = form === 'a stream' ? new Blob(['x']).stream() : (async function* () {})()
    const init = { method: 'POST', body: body as ReadableStream, duplex: 'half' as const }
    expect((await arrived(wrap, init)).body).toBe(body)
  })

  it('that are options of layers arrive where those layers are not in the stack', async () => {
    const init = Object.fromEntries(optionNames.map((name) => [name, options[name] ?? { of: name }]))
    const seen = await arrived(wrap, { ...init })
    for (const name of optionNames) {
      if (name in options) expect(seen).not.toHaveProperty(name)
      else expect(seen[name], name).toBe(init[name])
    }
  })

  it('that turn its layers off arrive where those layers are not in the stack', async () => {
    const arriving: string[] = []
    for (const name of optionNames) {
      const init: object = { [name]: false }
      if (name in (await arrived(wrap, init))) arriving.push(name)
    }
    expect(arriving).toEqual(optionNames.filter((name) => !(name in options)))
  })

  it('that are options of its layers, but undefined, do not arrive', async () => {
    const init: object = Object.fromEntries(Object.keys(options).map((name) => [name, undefined]))
    for (const name of Object.keys(options)) expect(await arrived(wrap, init)).not.toHaveProperty(name)
  })
})
