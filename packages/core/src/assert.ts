/** @throws {TypeError} when `value` is not a function; `what` names it, as in `compose: argument 2`. */
export function assertFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${what} must be a function, got ${inWords(value)}`)
}

/**
 * Options are one plain object with known members: anything else is a mistake in the call.
 *
 * @throws {TypeError} that names the layer and the member.
 */
export function assertOptions(layer: string, options: unknown, known: readonly string[]): void {
  if (typeof options === 'function') {
    throw new TypeError(`${layer}: options must be an object, got a function; is it ${layer}(options)(fetch)?`)
  }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${layer}: options must be an object, got ${inWords(options)}`)
  }
  for (const member of Object.keys(options)) {
    if (!known.includes(member)) {
      throw new TypeError(`${layer}: there is no option ${JSON.stringify(member)}; there are ${known.join(', ')}`)
    }
  }
}

/** @throws {RangeError} when `value` is not a positive number of milliseconds; `Infinity` means no limit. */
export function assertDuration(what: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0)) {
    throw new RangeError(`${what} must be a positive number of milliseconds, got ${inWords(value)}`)
  }
}

/** @throws {RangeError} when `value` is not a whole number from `least` on. */
export function assertWhole(what: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || Number(value) < least) {
    const range = least === 1 ? 'a positive integer' : `an integer from ${least} on`
    throw new RangeError(`${what} must be ${range}, got ${inWords(value)}`)
  }
}

/** @throws {TypeError} when `list` is no array, or a member of it is not one `of` what it should have. */
export function assertList(what: string, list: unknown, of: string, isOne: (member: unknown) => boolean): void {
  if (!Array.isArray(list)) throw new TypeError(`${what} must be an array of ${of}, got ${inWords(list)}`)
  const odd = list.findIndex((member) => !isOne(member))
  if (odd >= 0) throw new TypeError(`${what} must be an array of ${of}, got ${inWords(list[odd])} in it`)
}

/**
 * A `fetch` that is a test double may forget to return anything.
 *
 * @throws {TypeError} that names the layer above it.
 */
export function assertResponse(layer: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new TypeError(`${layer}: fetch must return a Response, got ${inWords(value)}`)
  }
}

/** A value as an error message shows it: short, and never the contents of an object. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
