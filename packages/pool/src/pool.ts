import { agentOptionsOf } from './agent-options.ts'
import { type ConnectionLayer, connectionLayer } from './connection-layer.ts'
import { Connections } from './connections.ts'
import { assertPoolOptions, type PoolOptions } from './pool-options.ts'

export { type AgentOptions, agentOptionsOf, connectTimeoutOf, tlsOptionsOf } from './agent-options.ts'
export { type Dispatches, Refusal } from './any-fetch.ts'
export {
  type CloseOptions,
  type ConnectionLayer,
  type ConnectionLayerOptions,
  connectionLayer,
} from './connection-layer.ts'
export { Connections, type OriginStats } from './connections.ts'
export { assertPoolOptions, assertTls, type Pem, type PoolOptions, type TlsOptions } from './pool-options.ts'

/**
 * Connections of your own for the fetch below, on Node: how many, for how long, whom to trust. The process's other calls
 * keep theirs.
 *
 * A call that brings a `dispatcher`, its own or a proxy's further out, is left with that.
 *
 * @throws {TypeError | RangeError} at once, when an option is not what it should be. The message names it.
 * @returns a middleware, which is also what to close when its connections are not needed any more.
 */
export function pool(options: PoolOptions = {}): ConnectionLayer {
  assertPoolOptions('pool', options)
  const connections = new Connections('pool')
  const { http2 = false } = options
  return connectionLayer({
    name: 'pool',
    connections,
    dispatcher: connections.agent(agentOptionsOf(options)),
    http2,
    overrides: false,
  })
}
