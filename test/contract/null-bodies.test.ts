import { scriptedFetch } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()

async function expectNoBody(response: Response): Promise<void> {
  expect(response.body).toBeNull()
  expect(response.bodyUsed).toBe(false)
  const clone = response.clone()
  expect(clone).toMatchObject({ status: response.status, body: null })
  expect(await clone.text()).toBe('')
  expect(await response.text()).toBe('')
  expect(await response.arrayBuffer()).toHaveProperty('byteLength', 0)
  expect(response.bodyUsed).toBe(false)
}

describe.each(subjects)('$name: a Response without a body', ({ wrap, options }) => {
  const fetch = wrap(platform)

  it.each([204, 205, 304])('has none because its status is %d', async (status) => {
    const response = await fetch(here.url(`/status/${status}?x-test=yes`), { ...options })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-test')).toBe('yes')
    await expectNoBody(response)
  })

  it('has none because it answers a HEAD', async () => {
    const response = await fetch(here.url('/bytes?size=1000'), { ...options, method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe('1000')
    await expectNoBody(response)
  })

  it('has none because somebody made it so', async () => {
    await expectNoBody(await wrap(scriptedFetch(() => new Response(null)))('http://a.test/'))
  })

  it('has an empty one, which is not null', async () => {
    const response = await fetch(here.url('/bytes?size=0'), { ...options })
    expect(response.body).not.toBeNull()
    expect(await response.text()).toBe('')
    expect(response.bodyUsed).toBe(true)
  })
})
