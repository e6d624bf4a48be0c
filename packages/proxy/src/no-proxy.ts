import { BlockList, isIP } from 'node:net'

interface Rule {
  /** Of the URL; undefined is any. */
  readonly port: string | undefined
  matches(hostname: string): boolean
}

/** Which URLs are asked for without the proxy. */
export class NoProxy {
  readonly #rules: readonly Rule[]

  /**
   * @param what names the list, as in `proxy: no`.
   * @param list names, with those below them; addresses; blocks of addresses (`10.0.0.0/8`); each but the last with a
   * port or without; `*` for all.
   * @throws {TypeError} that names the entry.
   */
  constructor(what: string, list: string | readonly string[]) {
    const entries = typeof list === 'string' ? list.split(/[\s,]+/) : list
    this.#rules = entries.filter((entry) => entry.trim() !== '').map((entry) => ruleOf(what, entry.trim()))
  }

  /** Whether it is to be asked for directly. */
  matches(url: URL): boolean {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
    const hostname = bare(url.hostname)
    return this.#rules.some((rule) => (rule.port ?? port) === port && rule.matches(hostname))
  }
}

function ruleOf(what: string, entry: string): Rule {
  if (entry === '*') return { port: undefined, matches: () => true }
  if (entry.includes('/')) return { port: undefined, matches: blockOf(what, entry) }
  const host = entry.replace(/^\*?\./, '')
  if (host.includes('*')) {
    throw new TypeError(`${what}: "${entry}" has a "*" where it means nothing; write "*", or ".example.test"`)
  }
  // A bare IPv6 address has colons of its own, and no port.
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(isIP(host) === 6 ? `[${host}]` : host) ?? []
  const hostname = bare(URL.parse(`http://${name}`)?.hostname ?? name.toLowerCase())
  if (isIP(hostname)) return { port, matches: (other) => other === hostname }
  return { port, matches: (other) => other === hostname || other.endsWith(`.${hostname}`) }
}

function blockOf(what: string, entry: string): Rule['matches'] {
  const [address = '', prefix = ''] = entry.split('/')
  const family = familyOf(address)
  if (family === undefined || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 'ipv4' ? 32 : 128)) {
    throw new TypeError(`${what}: "${entry}" is no block of addresses, such as 10.0.0.0/8 or fd00::/8`)
  }
  const block = new BlockList()
  block.addSubnet(address, Number(prefix), family)
  // To Node, every IPv4 address is within ::/0; only a block of ::ffff:0:0/96 is meant so.
  const isOfIpv4 = family === 'ipv4' || Number(prefix) >= 96
  return (hostname) => {
    const own = familyOf(hostname)
    return own !== undefined && (own === 'ipv6' || isOfIpv4) && block.check(hostname, own)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6'
}

/** Without the brackets of an IPv6 address and the dot at the end of a full name. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}
