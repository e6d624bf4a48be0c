import { assertOptions } from '@steadfetch/core'
import { assertText, uncontrolled } from './assert-text.ts'
import { byteString } from './byte-string.ts'
import { assertOrigins, type Origins } from './origins.ts'
import type { Authorization, AuthScheme } from './scheme.ts'

/** Options of {@link basic}. */
export interface BasicOptions {
  /** Without a colon, which separates it from the password. */
  username: string
  password: string
  /** Where they may go. @default the origin of the call that the scheme is given with; a layer needs it */
  origins?: Origins
}

/**
 * User and password with every request: RFC 7617, in UTF-8. A 401 stands.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it, and never its value.
 */
export function basic(options: BasicOptions): AuthScheme {
  assertOptions('basic', options, ['username', 'password', 'origins'])
  const { username, password, origins } = options
  assertText('basic: username', username, uncontrolled, 'a string without control characters')
  assertText('basic: username', username, /^[^:]*$/, 'a string without a colon (RFC 7617, section 2)')
  assertText('basic: password', password, uncontrolled, 'a string without control characters')
  assertOrigins('basic', origins)
  const authorization = basicAuthorization(username, password)
  return { name: 'basic', header: 'authorization', origins, authorize: () => authorization }
}

/** The header of RFC 7617, section 2. */
export function basicAuthorization(username: string, password: string): Authorization {
  return { headers: { authorization: `Basic ${btoa(byteString(`${username}:${password}`))}` } }
}
