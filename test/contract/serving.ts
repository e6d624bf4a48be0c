import { type FaultServer, type QueryParameters, startFaultServer } from '@steadfetch/test-support/fault-server'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

/** A fault server for the tests of a file. */
export interface Serving {
  readonly server: FaultServer
  url(path: string, parameters?: QueryParameters): string
}

/** A server for all tests of a file, or one for each, which hears nothing of the others. */
export function serving(per: 'file' | 'test' = 'file'): Serving {
  let started: FaultServer | undefined
  const server = (): FaultServer => {
    if (!started) throw new Error('the server has not been started yet')
    return started
  }
  const [before, after] = per === 'file' ? [beforeAll, afterAll] : [beforeEach, afterEach]
  before(async () => {
    started = await startFaultServer()
  })
  after(() => started?.close())
  return {
    get server() {
      return server()
    },
    url: (path, parameters) => server().url(path, parameters),
  }
}
