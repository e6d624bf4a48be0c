/** Why somebody may abort a call: any value is a reason. */
export const reasons: readonly (readonly [name: string, reason: unknown])[] = [
  ['an error', new Error('changed my mind')],
  ['an error of the platform', new DOMException('changed my mind', 'AbortError')],
  ['a string', 'enough'],
  ['a symbol', Symbol('enough')],
  ['an object', { why: 'enough' }],
  ['a function', () => 'enough'],
  ['true', true],
]

/** In a body, the platform itself puts an `AbortError` in the place of these. */
export const falsyReasons: readonly (readonly [name: string, reason: unknown])[] = [
  ['null', null],
  ['false', false],
  ['0', 0],
  ['NaN', Number.NaN],
  ['0n', 0n],
  ['an empty string', ''],
]
