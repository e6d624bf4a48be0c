/**
 * A string that may be a secret, so that no message ever shows it.
 *
 * @throws {TypeError} when it is none, or does not match; `what` names it, and `meaning` says what it must be.
 */
export function assertText(what: string, value: unknown, pattern: RegExp, meaning: string): void {
  if (typeof value !== 'string') {
    throw new TypeError(`${what} must be ${meaning}, got ${value === null ? 'null' : typeof value}`)
  }
  if (!pattern.test(value)) throw new TypeError(`${what} must be ${meaning}`)
}

/** RFC 7617 and RFC 7616 allow no control characters in a user's name and password. */
export const uncontrolled = /^\P{Cc}*$/u

/** What a header carries anywhere without harm, and without losing a space at an end. */
export const visible = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** What a token is made of: RFC 6750, section 2.1, and what else there is. */
export const spaceless = /^[\x21-\x7e]+$/
