/** A base class whose instances are the very objects that it is given. */
const Given = given as unknown as new (object: object) => object

function given(object: object): object {
  return object
}

/** What is noted of objects that are not ours. */
export interface Notes<Key extends object, Note> {
  get(object: Key): Note | undefined
  set(object: Key, note: Note): void
}

/**
 * A weak map by other means, for notes of objects that every call makes anew: each note is a private field of its
 * object. Nobody can see it, and unlike an entry of a `WeakMap` it is no work for the garbage collector.
 */
export function createNotes<Key extends object, Note>(): Notes<Key, Note> {
  return class Noted extends Given {
    #note: Note

    constructor(object: Key, note: Note) {
      super(object)
      this.#note = note
    }

    static get(object: object): Note | undefined {
      return #note in object ? object.#note : undefined
    }

    static set(object: Key, note: Note): void {
      if (#note in object) object.#note = note
      else new Noted(object, note)
    }
  }
}
