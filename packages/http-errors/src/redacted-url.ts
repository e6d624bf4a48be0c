import { isSecretName } from '@steadfetch/core'

/** What stands in place of a secret. */
const redacted = 'REDACTED'

/**
 * A URL as it may be shown: without its fragment, which is never sent, its user and password, and the values in it that
 * have a secret name. Of a text that is no URL there is the path.
 */
export function redactedUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null) return text.includes('@') ? redacted : text.replace(/[?#].*$/s, '')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return url.protocol + redacted
  url.hash = ''
  if (url.username !== '' || url.password !== '') {
    url.username = redacted
    url.password = ''
  }
  url.search = url.search.replace(/([?&;][^=&;]*=)([^&;]*)/g, (_, name: string, value: string) => {
    return name + shownValue(decoded(name.slice(1, -1)), value)
  })
  url.pathname = url.pathname.replace(/;([^=/;]*)=([^/;]*)/g, (_, name: string, value: string) => {
    return `;${name}=${shownValue(decoded(name), value)}`
  })
  return url.href
}

function shownValue(name: string, value: string): string {
  if (isSecretName(name)) return value === '' ? '' : redacted
  // A URL may have secrets of its own.
  const plain = decoded(value)
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(plain)) return value
  const shown = redactedUrl(plain)
  return shown === URL.parse(plain)?.href ? value : encodeURIComponent(shown)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
