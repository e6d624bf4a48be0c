import { BlockList, isIP } from 'node:net'
import { UserError } from './user-error.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether a URL's host is this machine by the letter; no name but `localhost` is, whatever it resolves to. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) === 0) return host === 'localhost'
  return loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

/** @throws {UserError} when the load would go to another machine, and nobody has said that it may. */
export function assertMayLoad(url: URL, yes: boolean): void {
  if (yes || isLoopback(url)) return
  throw new UserError(
    `${url.host} is not this machine, and load belongs on machines of your own: --yes if you may load it`,
  )
}
