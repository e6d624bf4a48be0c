import { lstatSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { ConfigError } from './config-error.ts'

/** Where a configuration is: in a file, or in a text of JSON. `name` is for messages. */
export type ConfigSource =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly text: string }

/** What a file of configuration may be. */
const endings = ['.json', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/**
 * Where the configuration of a program is, in the environment or in its working directory; undefined where there is none.
 * What somebody has said for one run goes before the file that lies there.
 *
 * @throws {ConfigError} where there are two of the same rank, or a file that can be none.
 */
export function configSource(env: NodeJS.ProcessEnv, directory: string): ConfigSource | undefined {
  const { STEADFETCH_CONFIG: file, STEADFETCH_POLICY: text } = env
  if (file && text) {
    throw new ConfigError('STEADFETCH_CONFIG and STEADFETCH_POLICY are both set: a program has one configuration')
  }
  if (text) return { name: 'STEADFETCH_POLICY', text }
  if (file) return fileOf(resolve(directory, file))
  const [path, other] = endings.map((ending) => join(directory, `steadfetch.config${ending}`)).filter(isThere)
  if (other) throw new ConfigError(`${path} and ${other} are both there: a program has one configuration`)
  return path === undefined ? undefined : fileOf(path)
}

function fileOf(path: string): ConfigSource {
  if (endings.includes(extname(path))) return { name: path, path }
  throw new ConfigError(`STEADFETCH_CONFIG names ${path}, which ends in none of ${endings.join(' ')}`)
}

/** A link that leads nowhere is there: who has put it there means it. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
