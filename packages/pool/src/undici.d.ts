// Imported file by file: the whole of undici, when it is imported, makes its own dispatcher that of the process.

declare module 'undici/lib/dispatcher/agent.js' {
  import type { Agent } from 'undici'

  const agent: typeof Agent
  export default agent
}

declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool } from 'undici'

  const pool: typeof Pool
  export default pool
}

declare module 'undici/lib/dispatcher/dispatcher1-wrapper.js' {
  export default class Dispatcher1Wrapper {
    constructor(dispatcher: object)
    dispatch(options: object, handler: object): boolean
  }
}

declare module 'undici/lib/core/connect.js' {
  import type { Socket } from 'node:net'
  import type { buildConnector } from 'undici'

  /** What it makes returns the socket too, from which on it is open. */
  export default function build(options: object): (...connecting: Parameters<buildConnector.connector>) => Socket
}
