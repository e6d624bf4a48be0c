/** A body would have to be sent again that can be sent only once: a stream, or more of a `Request` than is kept. */
export class UnreplayableBodyError extends TypeError {
  override readonly name = 'UnreplayableBodyError'
}
