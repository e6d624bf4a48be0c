// Imported file by file: the whole of undici, when it is imported, makes its own dispatcher that of the process.

declare module 'undici/lib/api/api-connect.js' {
  import type { Dispatcher } from 'undici'
  /** `Dispatcher.prototype.connect`, which is there only when the whole of undici is. */
  export default function connect(this: object, options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>
}

declare module 'undici/lib/dispatcher/socks5-proxy-agent.js' {
  import type { Socket } from 'node:net'
  import type { buildConnector, Dispatcher } from 'undici'

  interface Options {
    username?: string
    password?: string
    connect: buildConnector.connector
    connectTimeout: number
  }
  export default class Socks5ProxyAgent extends Dispatcher {
    constructor(proxy: URL, options: Options)
    createSocks5Connection(host: string, port: number): Promise<Socket>
  }
}
