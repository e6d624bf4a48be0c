import { type Fetch, inWords } from '@steadfetch/core'
import { ConfigError } from './config-error.ts'
import { type HardenedFetch, harden } from './harden.ts'
import type { Policy } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import { type Policies, services } from './services.ts'

/** What a file of configuration says: a policy for all that a program calls, or one for each service. */
export type Config = Policy | { readonly services: Policies }

/**
 * A fetch with the layers that a configuration asks for; it is checked here.
 *
 * @param name of the configuration, for messages.
 * @throws {ConfigError} with all that is wrong with it.
 */
export function hardenByConfig(name: string, config: unknown, fetch: Fetch): HardenedFetch {
  try {
    return hardened(config, fetch)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new ConfigError(`${name}: ${error.message}`, { cause: error })
  }
}

function hardened(config: unknown, fetch: Fetch): HardenedFetch {
  const isPromise = 'then' in Object(config)
  if (typeof config !== 'object' || config === null || Array.isArray(config) || isPromise) {
    throw new PolicyError([`a configuration must be an object, got ${isPromise ? 'a promise' : inWords(config)}`])
  }
  const { $schema: _, ...said } = { $schema: undefined, ...config }
  // What is cast here is checked by the functions that it is given to.
  if (!('services' in said)) return harden(said as Policy, fetch)
  const [other] = Object.keys(said).filter((member) => member !== 'services')
  if (other === undefined) return services(said.services as Policies, fetch)
  throw new PolicyError([
    `${JSON.stringify(other)} is beside "services": give it to one of them; "*" is for all that the others do not fit`,
  ])
}
