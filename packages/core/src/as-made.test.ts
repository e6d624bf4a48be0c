import { describe, expect, it } from 'vitest'
import { initAsMade, inputAsMade } from './as-made.ts'
import type { FetchInit, FetchInput } from './fetch.ts'

const url = 'http://a.test/'
const odd = <Value>(value: unknown): Value => value as Value

describe('inputAsMade', () => {
  it('is the text of a URL, and leaves a Request and a text what they are', () => {
    const request = new Request(url)
    expect(inputAsMade(new URL(url))).toBe(url)
    expect(inputAsMade(request)).toBe(request)
    expect(inputAsMade(url)).toBe(url)
  })

  it('leaves it to the platform to say what is none', () => {
    for (const input of [undefined, null, 5]) expect(inputAsMade(odd<FetchInput>(input))).toBe(input)
  })
})

describe('initAsMade', () => {
  it('is nothing of nothing', () => {
    expect(initAsMade(undefined)).toBe(undefined)
    expect(initAsMade(odd<undefined>(null))).toBe(null)
  })

  it('copies what could be changed once, however many layers ask', () => {
    const init = { headers: new Headers({ a: '1' }), body: new URLSearchParams({ b: '2' }) }
    const first = initAsMade<FetchInit>(init)
    const second = initAsMade(first)
    expect(first).not.toBe(init)
    expect(first?.headers).not.toBe(init.headers)
    expect(first?.body).not.toBe(init.body)
    expect(first).toEqual(init)
    expect(second?.headers).toBe(first?.headers)
    expect(second?.body).toBe(first?.body)
  })

  it('keeps the case of the names of headers', () => {
    expect(initAsMade<FetchInit>({ headers: { 'X-A': '1' } })?.headers).toEqual({ 'X-A': '1' })
    expect(initAsMade<FetchInit>({ headers: [['X-A', '1']] })?.headers).toEqual([['X-A', '1']])
  })

  it('copies a form with its files, their names and types', async () => {
    const form = new FormData()
    form.append('a', '1')
    form.append('a', new File(['2'], 'two.txt', { type: 'text/two' }))
    const copy = initAsMade<FetchInit>({ body: form })?.body as FormData
    expect(copy).not.toBe(form)
    const [text, file] = copy.getAll('a') as [string, File]
    expect([text, file.name, file.type, await file.text()]).toEqual(['1', 'two.txt', 'text/two', '2'])
  })

  it('copies the bytes that a view shows, and no others', () => {
    const whole = Uint8Array.from([1, 2, 3, 4])
    expect(initAsMade<FetchInit>({ body: whole.subarray(1, 3) })?.body).toEqual(Uint8Array.from([2, 3]))
    expect(initAsMade<FetchInit>({ body: new DataView(whole.buffer, 2) })?.body).toEqual(Uint8Array.from([3, 4]))
    expect(initAsMade<FetchInit>({ body: whole.buffer })?.body).toEqual(whole.buffer)
  })

  it('leaves what can only be read once, or cannot be changed, or is of a class of its own', () => {
    class OwnForm extends FormData {}
    for (const body of ['text', new Blob(['text']), new ReadableStream(), new OwnForm()]) {
      expect(initAsMade<FetchInit>({ body })?.body).toBe(body)
    }
  })
})
