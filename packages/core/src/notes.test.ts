import { describe, expect, it } from 'vitest'
import { createNotes } from './notes.ts'

describe('notes', () => {
  it.each([{}, new Response(), new AbortController().signal, new Proxy({}, {}), new TypeError()])(
    'are kept of %s',
    (object) => {
      const notes = createNotes<object, string>()
      expect(notes.get(object)).toBeUndefined()
      notes.set(object, 'first')
      expect(notes.get(object)).toBe('first')
      notes.set(object, 'second')
      expect(notes.get(object)).toBe('second')
    },
  )

  it('of one kind are nothing to another', () => {
    const [one, two] = [createNotes<object, number>(), createNotes<object, number>()]
    const object = {}
    one.set(object, 1)
    expect(two.get(object)).toBeUndefined()
    two.set(object, 2)
    expect([one.get(object), two.get(object)]).toEqual([1, 2])
  })

  it('change nothing that can be seen of the object', () => {
    const response = new Response()
    createNotes<object, string>().set(response, 'a note')
    expect(Reflect.ownKeys(response)).toEqual(Reflect.ownKeys(new Response()))
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype)
  })
})
