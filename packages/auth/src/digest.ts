import { assertOptions } from '@steadfetch/core'
import { assertText, uncontrolled } from './assert-text.ts'
import { DigestAnswers } from './digest-answers.ts'
import { assertOrigins, type Origins } from './origins.ts'
import type { AuthScheme } from './scheme.ts'

/** Options of {@link digest}. */
export interface DigestOptions {
  username: string
  password: string
  /** Where the answers may go. @default the origin of the call that the scheme is given with; a layer needs it */
  origins?: Origins
}

/**
 * Answers digest challenges: RFC 7616 with `qop=auth`, and RFC 2069. MD5, SHA-256 and SHA-512-256, each with `-sess`,
 * SHA-512 and SHA. User and password themselves are never sent.
 *
 * The first request to an origin goes out without, is refused with a challenge, and is sent again with the answer to it.
 * Further requests use the same nonce, until the server calls it stale. A 401 to a right answer stands.
 *
 * @throws {TypeError} at once, when an option is not what it should be. The message names it, and never its value.
 */
export function digest(options: DigestOptions): AuthScheme {
  assertOptions('digest', options, ['username', 'password', 'origins'])
  const { username, password, origins } = options
  assertText('digest: username', username, uncontrolled, 'a string without control characters')
  assertText('digest: password', password, uncontrolled, 'a string without control characters')
  assertOrigins('digest', origins)
  const answers = new DigestAnswers({ username, password })
  return {
    name: 'digest',
    header: 'authorization',
    origins,
    authorize: (request) => answers.authorization(request),
    refused: (response, request, sent) => answers.insteadOf(response, request, sent),
    answered: (response, request, sent) => answers.noteNext(response, request, sent),
  }
}
