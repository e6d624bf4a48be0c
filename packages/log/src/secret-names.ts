const parts =
  /token|secret|passw|passphrase|signature|credential|apikey|accesskey|privatekey|authkey|authoriz|authentication|cookie|session|jwt/

const words = new Set([
  'key',
  'sig',
  'code',
  'auth',
  'pwd',
  'pass',
  'sid',
  'otp',
  'pin',
  'hmac',
  'assertion',
  'ticket',
  'samlresponse',
])

/** `subscription-key`, `sharedKey`; not `monkey`. */
const endsInKey = /[^a-zA-Z0-9][kK][eE][yY]$|[a-z0-9]Key$/

/** Keys that open nothing. */
const harmless = new Set(['idempotencykey', 'secwebsocketkey', 'surrogatekey'])

/**
 * Whether a header, a query parameter or a member of that name is one to keep to oneself, whatever its case and its
 * separators are. When in doubt, it is.
 */
export function isSecretName(name: string, more: ReadonlySet<string> = new Set()): boolean {
  const letters = lettersOf(name)
  if (more.has(letters)) return true
  if (harmless.has(letters)) return false
  return words.has(letters) || parts.test(letters) || endsInKey.test(name)
}

/** A name without case and separators: `X-Api_Key` is `xapikey`. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
