import { type Fetch, withInit } from '@steadfetch/core'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher1Wrapper from 'undici/lib/dispatcher/dispatcher1-wrapper.js'

/** A fetch to which every name is one of this machine. */
export interface NamedHosts extends AsyncDisposable {
  readonly fetch: Fetch
  /** Ends what is under way, too. */
  close(): Promise<void>
}

export interface NamedHostsOptions {
  /** The authority to trust, in PEM; without one, those that Node does. */
  readonly ca?: string
}

type Found = (error: null, addresses: readonly { readonly address: string; readonly family: number }[]) => void

/** The built-in fetch, which is told that every name is on the loopback, and asks nobody. */
export function namedHosts({ ca }: NamedHostsOptions = {}): NamedHosts {
  const lookup = (_name: string, _options: object, found: Found): void =>
    found(null, [{ address: '127.0.0.1', family: 4 }])
  const agent = new Agent({ connect: { lookup, ...(ca === undefined ? {} : { ca }) } as object })
  const dispatcher = new Dispatcher1Wrapper(agent)
  const close = (): Promise<void> => agent.destroy()
  return {
    fetch: (input, init) => fetch(input, withInit(init, { dispatcher } as object)),
    close,
    [Symbol.asyncDispose]: close,
  }
}
