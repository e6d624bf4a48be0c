import { isIP } from 'node:net'
import { getPublicSuffix } from 'tough-cookie'

const options = { allowSpecialUseDomain: true, ignoreError: true }

/** The domain that somebody has registered, for a host below it: what shares its cookies. A host that is none is alone. */
export function siteOf(host: string): string {
  return getPublicSuffix(host, options) ?? host
}

/** Whether a host may set cookies for a domain: for its own site and below, and an address for itself alone. */
export function mayReach(host: string, domain: string): boolean {
  if (domain === host) return true
  const site = isAddress(host) ? undefined : getPublicSuffix(host, options)
  return site !== undefined && (domain === site || domain.endsWith(`.${site}`)) && host.endsWith(`.${domain}`)
}

/** Whether a cookie for this domain is for the very host alone: it is an address, or a public suffix. */
export function isAlone(host: string): boolean {
  return isAddress(host) || getPublicSuffix(host, options) === undefined
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0
}
