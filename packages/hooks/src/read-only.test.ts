import { Headers as OtherHeaders } from 'undici'
import { expect, it } from 'vitest'
import { readOnly } from './read-only.ts'

it('is a frozen copy, of nothing too', () => {
  const init = { method: 'PUT' }
  expect(readOnly(init)).toEqual(init)
  expect(readOnly(init)).not.toBe(init)
  for (const copy of [readOnly(init), readOnly(undefined)]) expect(Object.isFrozen(copy)).toBe(true)
})

it('has a frozen copy of headers that are a plain object or pairs', () => {
  for (const headers of [{ a: '1' }, [['a', '1']] as [string, string][]]) {
    const copy = readOnly({ headers }).headers
    expect(copy).toEqual(headers)
    expect(copy).not.toBe(headers)
    expect(Object.isFrozen(copy)).toBe(true)
    expect(Object.isFrozen(Array.isArray(copy) ? copy[0] : copy)).toBe(true)
    expect(Object.isFrozen(headers)).toBe(false)
  }
})

it('has a copy of Headers, those of npm undici too', () => {
  for (const headers of [new Headers(), new OtherHeaders() as unknown as Headers]) {
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    const copy = readOnly({ headers }).headers
    if (!(copy instanceof Headers)) expect.unreachable()
    copy.append('set-cookie', 'c=3')
    expect([headers.getSetCookie(), copy.getSetCookie()]).toEqual([
      ['a=1', 'b=2'],
      ['a=1', 'b=2', 'c=3'],
    ])
  }
})

it('leaves other headers as they are: what can be read only once, and what is none', () => {
  for (const headers of [new Map([['a', '1']]).entries(), 5, null, 'x']) {
    const init = { headers } as unknown as RequestInit
    expect(readOnly(init).headers).toBe(headers)
  }
})
