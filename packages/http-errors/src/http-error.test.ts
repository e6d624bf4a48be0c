import { inspect } from 'node:util'
import { errorKind } from '@steadfetch/core'
import { describe, expect, it } from 'vitest'
import { HttpError } from './http-error.ts'

const url = 'https://user:hunter2@api.test/x?api_key=s3cret#f'

function failed(response = new Response('s3cret', { status: 404, statusText: 'Not Found' })): HttpError {
  return new HttpError(response, { method: 'GET', url, problem: { type: 'about:blank', detail: 's3cret' } })
}

describe('an HttpError', () => {
  it('says what has happened', () => {
    const error = failed()
    expect(error).toBeInstanceOf(Error)
    expect(error.message).toBe('GET https://REDACTED@api.test/x?api_key=REDACTED answered 404 Not Found')
    expect(String(error)).toBe(`HttpError: ${error.message}`)
    expect(error).toMatchObject({ name: 'HttpError', status: 404, statusText: 'Not Found', method: 'GET' })
    expect(error.url).toBe('https://REDACTED@api.test/x?api_key=REDACTED')
    expect(errorKind(error)).toBe('http-status')
  })

  it('has the response, unread, and the problem', async () => {
    const response = new Response('body', { status: 500 })
    const error = failed(response)
    expect(error.response).toBe(response)
    expect(response.bodyUsed).toBe(false)
    expect(error.problem?.detail).toBe('s3cret')
    expect(await error.response.text()).toBe('body')
  })

  it('has the standard’s words where the server has none, as over HTTP/2', () => {
    expect(failed(new Response(null, { status: 503 }))).toMatchObject({
      statusText: 'Service Unavailable',
      message: expect.stringMatching(/ answered 503 Service Unavailable$/),
    })
    expect(failed(new Response(null, { status: 599 }))).toMatchObject({
      statusText: '',
      message: expect.stringMatching(/ answered 599$/),
    })
  })

  it('has no words of the server that do something to a terminal or a log', () => {
    const response = new Response(null, { status: 404 })
    Object.defineProperty(response, 'statusText', { value: `\u001b[2Jgone\n${'x'.repeat(200)}` })
    const shown = `\ufffd[2Jgone ${'x'.repeat(91)}`
    expect(failed(response)).toMatchObject({
      statusText: shown,
      message: expect.stringMatching(/ answered 404 .{100}$/u),
    })
  })

  it('has the standard’s words where the server’s are blank', () => {
    expect(failed(new Response(null, { status: 404, statusText: ' \t' })).statusText).toBe('Not Found')
  })

  it('is shown and serialised without the response, its body and secrets', () => {
    const error = failed(new Response('s3cret', { status: 404, headers: { 'set-cookie': 'a=s3cret' } }))
    const { message } = error
    const shown = { name: 'HttpError', message, status: 404, statusText: 'Not Found', method: 'GET', url: error.url }
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({ error: shown })
    for (const text of [
      inspect(error, { showHidden: true, depth: 9 }),
      JSON.stringify({ ...error }),
      String(error.stack),
    ]) {
      expect(text).not.toMatch(/s3cret|hunter2/)
    }
    expect(structuredClone(error)).toBeInstanceOf(Error)
  })
})
