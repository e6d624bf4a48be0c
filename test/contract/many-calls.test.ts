import { describe, expect, it } from 'vitest'
import { echoOf, sha256 } from './echo.ts'
import { failureOf } from './failure.ts'
import { serving } from './serving.ts'
import { platform, subjects } from './subjects.ts'

const here = serving()

describe.each(subjects)('$name: many calls at a time', ({ wrap, options }) => {
  const fetch = wrap(platform)
  const numbers = Array.from({ length: 1000 }, (_, number) => number)

  it('get each its own answer, all 1,000', async () => {
    const { signal } = new AbortController()
    const told = await Promise.all(
      numbers.map((number) => {
        const init = { method: 'PUT', headers: { 'x-number': `${number}` }, body: `of ${number}`, signal }
        return echoOf(fetch(here.url('/echo', { number }), { ...options, ...init }))
      }),
    )
    const seen = told.map(({ path, headers, sha256: hash }) => [path, headers['x-number'], hash])
    expect(seen).toEqual(numbers.map((number) => [`/echo?number=${number}`, `${number}`, sha256(`of ${number}`)]))
  })

  it('get each its own end, where every third is aborted', async () => {
    const calls = numbers.slice(0, 300).map((number) => {
      const caller = new AbortController()
      const calling = fetch(here.url('/echo', { number }), { signal: caller.signal })
      return { number, caller, calling: number % 3 === 0 ? failureOf(calling) : echoOf(calling) }
    })
    for (const { number, caller } of calls) if (number % 3 === 0) caller.abort(`of ${number}`)
    const ends = await Promise.all(calls.map(({ calling }) => calling))
    for (const [number, end] of ends.entries()) {
      if (number % 3 === 0) expect(end).toBe(`of ${number}`)
      else expect(end).toMatchObject({ path: `/echo?number=${number}` })
    }
  })
})
