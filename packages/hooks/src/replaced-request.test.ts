import { deadlineOf, setDeadline, signalOf } from '@steadfetch/core'
import { describe, expect, it } from 'vitest'
import { replacedRequest } from './replaced-request.ts'

const url = 'http://a.test/'
const reason = new Error('enough')

describe('a replacement', () => {
  it('keeps of input and init what it does not name', () => {
    const sent = { input: url, init: { method: 'PUT' } }
    expect(replacedRequest({ input: 'http://b.test/' }, sent, undefined)).toEqual({ ...sent, input: 'http://b.test/' })
    expect(replacedRequest({ init: { method: 'POST' } }, sent, undefined)).toEqual({
      input: url,
      init: { method: 'POST' },
    })
  })

  it('that is a Request keeps of init what a Request cannot carry', () => {
    const init = { method: 'PUT', headers: { a: '1' }, body: 'x', redirect: 'error', retry: false, dispatcher: 'mine' }
    const request = new Request(url, { method: 'PATCH' })
    const sent = replacedRequest(request, { input: url, init: init as RequestInit }, undefined)
    expect(sent.input).toBe(request)
    expect(sent.init).toEqual({ retry: false, dispatcher: 'mine' })
    expect(init).toHaveProperty('method', 'PUT')
    expect(replacedRequest(request, { input: url, init: undefined }, undefined).init).toBeUndefined()
  })

  it('may have headers that can be read once', () => {
    const headers: HeadersInit = Object.assign(new Map([['a', '1']]).entries())
    const sent = replacedRequest({ init: { headers } }, { input: url, init: {} }, undefined)
    for (let time = 0; time < 2; time += 1) expect(new Headers(sent.init?.headers).get('a')).toBe('1')
  })

  it.each([
    ['a bare init with all of a Request but its URL', { method: 'PUT', headers: {} }, 'got an object'],
    ['a string', 'http://b.test/', 'got "http://b.test/"'],
    ['null', null, 'got null'],
    ['a bare init', { headers: {} }, 'got an object'],
    ['a number', 0, 'got 0'],
  ])('is not %s', (_, replacement, words) => {
    expect(() => replacedRequest(replacement, { input: url, init: undefined }, undefined)).toThrow(
      new TypeError(`hooks: onRequest must return a Request, { input, init } or nothing, ${words}`),
    )
  })
})

describe("the caller's signal", () => {
  it('goes to a replacement that has none', () => {
    const { signal } = new AbortController()
    const sent = replacedRequest({ input: url, init: {} }, { input: url, init: { signal } }, signal)
    expect(sent.init?.signal).toBe(signal)
    expect(sent.release).toBeUndefined()
  })

  it('stays as it is where the replacement has the same', () => {
    const { signal } = new AbortController()
    const sent = replacedRequest({ init: { signal } }, { input: url, init: { signal } }, signal)
    expect(sent.init?.signal).toBe(signal)
    expect(sent.release).toBeUndefined()
  })

  it.each(['caller', 'replacement'])('rules beside that of the replacement; the %s aborts', (who) => {
    const [caller, own] = [new AbortController(), new AbortController()]
    setDeadline(caller.signal, 5000)
    const request = new Request(url, { signal: own.signal })
    const sent = replacedRequest(request, { input: url, init: { signal: caller.signal } }, caller.signal)
    const signal = signalOf(sent.input, sent.init)
    expect(deadlineOf(signal)).toBe(5000)
    expect(signal?.aborted).toBe(false)
    const controller = who === 'caller' ? caller : own
    controller.abort(reason)
    expect(signal?.reason).toBe(reason)
  })

  it('is let go when the exchange is over', () => {
    const caller = new AbortController()
    const sent = replacedRequest(new Request(url), { input: url, init: {} }, caller.signal)
    sent.release?.()
    caller.abort(reason)
    expect(signalOf(sent.input, sent.init)?.aborted).toBe(false)
  })
})
