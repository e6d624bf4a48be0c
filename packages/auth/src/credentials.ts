import { inWords } from '@steadfetch/core'
import { type Destination, destinationOf, originOf } from './origins.ts'
import type { AuthScheme } from './scheme.ts'

/** A scheme, and where its credentials may go. */
export interface Credentials {
  readonly scheme: AuthScheme
  readonly mayGo: Destination
}

/**
 * @param url of the call that the scheme is given with; a layer has none, and its scheme says itself where to go.
 * @throws {TypeError} when it is no scheme, or nothing says where its credentials may go.
 */
export function credentialsOf(scheme: AuthScheme, url?: URL): Credentials {
  const isObject = typeof scheme === 'object' && scheme !== null
  if (!isObject || typeof scheme.authorize !== 'function' || typeof scheme.name !== 'string') {
    throw new TypeError(`auth: a scheme must be one such as bearer({ token }), got ${inWords(scheme)}`)
  }
  const { name, origins } = scheme
  if (origins !== undefined) return { scheme, mayGo: destinationOf(`auth: origins of ${name}`, origins) }
  if (url === undefined) throw new TypeError(originsMissing(name))
  return { scheme, mayGo: originOf(url) }
}

/** What the schemes need beside their origins. */
const needed = new Map([
  ['basic', 'username, password'],
  ['bearer', 'token'],
  ['digest', 'username, password'],
  ['apiKey', 'name, value'],
  ['clientCredentials', 'tokenUrl, clientId, clientSecret'],
])

function originsMissing(name: string): string {
  const options = needed.get(name)
  const mend = options ? `as in ${name}({ ${options}, origins: ` : 'as in { ...scheme, origins: '
  const end = options ? ' })' : ' }'
  return `auth: ${name} needs origins, ${mend}'https://api.example.com'${end}: where may the credentials go?`
}
