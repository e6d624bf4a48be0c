const parts =
  /token|secret|passw|passphrase|passcode|signature|credential|apikey|accesskey|privatekey|authkey|authoriz|authentication|cookie|session|jwt|bearer|csrf|xsrf|clientprincipal|honeycombteam|oauth|clientcert|magiclink|mfacode|clientassertion|codeverifier|devicecode|authcode|passkey/

/** Secret as a whole name, an `x-` before it or not. */
const words = new Set(['code', 'samlresponse', 'dpop'])

/** Secret as the last word of a name too: `x-auth`, `userPin`, `shared-key`; not `monkey`. */
const lastWords = new Set([
  'key',
  'sig',
  'auth',
  'pwd',
  'pass',
  'sid',
  'otp',
  'totp',
  'pin',
  'hmac',
  'pat',
  'mfa',
  'sso',
  'ssn',
  'psk',
  'assertion',
  'ticket',
])

/** Keys that open nothing. */
const harmless = new Set(['idempotencykey', 'secwebsocketkey', 'surrogatekey'])

/**
 * Whether a header, a query parameter or a member of that name is one to keep to oneself, whatever its case and its
 * separators are. When in doubt, it is.
 */
export function isSecretName(name: string, more: ReadonlySet<string> = new Set()): boolean {
  const letters = lettersOf(name)
  if (more.has(letters)) return true
  const separated = wordsOf(name)
  const own = separated.slice(separated.length > 1 && separated[0] === 'x' ? 1 : 0)
  const joined = own.join('')
  if (harmless.has(joined)) return false
  return words.has(joined) || lastWords.has(joined) || lastWords.has(own.at(-1) ?? '') || parts.test(letters)
}

/** A name without case and separators: `X-Api_Key` is `xapikey`. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** `X-Api_Key` and `xApiKey` are `x`, `api`, `key`. */
function wordsOf(name: string): string[] {
  const separated = name.replace(/([a-z0-9])(?=[A-Z])/g, '$1 ').toLowerCase()
  return separated.split(/[^a-z0-9]+/).filter((word) => word !== '')
}
