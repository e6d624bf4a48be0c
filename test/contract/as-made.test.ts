import type { Fetch } from '@steadfetch/core'
import { retry } from '@steadfetch/retry'
import { networkError } from '@steadfetch/test-support/scripted-fetch'
import { describe, expect, it } from 'vitest'
import { subjects } from './subjects.ts'

/** Bodies that can be changed, and what makes a 2 of the 1 in them. */
const bodies: Readonly<Record<string, () => { body: RequestInit['body']; change: () => void }>> = {
  URLSearchParams: () => {
    const body = new URLSearchParams({ n: '1' })
    return { body, change: () => body.set('n', '2') }
  },
  FormData: () => {
    const body = new FormData()
    body.append('n', '1')
    body.append('file', new File(['1'], 'one.txt', { type: 'text/one' }))
    return { body, change: () => body.set('n', '2') }
  },
  'an ArrayBuffer': () => {
    const body = Uint8Array.from([0x31]).buffer
    return { body, change: () => new Uint8Array(body).fill(0x32) }
  },
  'a part of a buffer': () => {
    const whole = Buffer.from('012')
    return { body: whole.subarray(1, 2), change: () => whole.fill('2') }
  },
}

const headerForms: Readonly<Record<string, () => { headers: RequestInit['headers']; change: () => void }>> = {
  Headers: () => {
    const headers = new Headers({ 'x-n': '1' })
    return { headers, change: () => headers.set('x-n', '2') }
  },
  'an object': () => {
    const headers = { 'x-n': '1' }
    return { headers, change: () => Object.assign(headers, { 'x-n': '2' }) }
  },
  pairs: () => {
    const pair: [string, string] = ['x-n', '1']
    return { headers: [pair], change: () => pair.fill('2', 1) }
  },
}

/** A fetch that fails at first, and what it was called with, read when it was. */
function readingFetch(): { fetch: Fetch; read: Promise<unknown>[] } {
  const read: Promise<unknown>[] = []
  const fetch: Fetch = async (input, init) => {
    const { body, method, headers } = init ?? {}
    const number = new Headers(headers).get('x-n')
    const text = new Response(body ?? null).text()
    const href = String(input)
    read.push(text.then((sent) => [method, href, number, sent.replace(/-+formdata-[^\s]+/g, '--')]))
    if (read.length === 1) throw networkError('ECONNRESET')
    return new Response('{}')
  }
  return { fetch, read }
}

const again = retry({ backoff: () => 1 })

describe.each(subjects)('$name: a call is sent as it was when it was made', ({ wrap }) => {
  const stacks = [(fetch: Fetch) => again(wrap(fetch)), (fetch: Fetch) => wrap(again(fetch))]

  it.each(Object.keys(bodies).flatMap((body) => Object.keys(headerForms).map((headers) => ({ body, headers }))))(
    'with $body and $headers that are changed for the next one',
    async (forms) => {
      for (const stack of stacks) {
        const [body, headers] = [bodies[forms.body]?.(), headerForms[forms.headers]?.()]
        const url = new URL('http://a.test/?page=1')
        const init = { method: 'PUT', body: body?.body ?? null, headers: headers?.headers ?? {} }
        const { fetch, read } = readingFetch()

        const made = stack(fetch)(url, init)
        body?.change()
        headers?.change()
        url.port = '81'
        Object.assign(init, { method: 'PATCH', body: 'another' })
        await made

        const [first, second] = await Promise.all(read)
        expect(first).toEqual(['PUT', 'http://a.test/?page=1', '1', expect.stringMatching(/1/)])
        expect(second).toEqual(first)
        expect(first).not.toEqual(expect.arrayContaining([expect.stringContaining('2')]))
      }
    },
  )
})
