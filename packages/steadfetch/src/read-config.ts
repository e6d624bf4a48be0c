import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, extname } from 'node:path'
import { isDeepStrictEqual, types } from 'node:util'
import { inWords } from '@steadfetch/core'
import { ConfigError } from './config-error.ts'
import type { ConfigSource } from './config-source.ts'

/**
 * What a configuration says, unchecked: the JSON of a text or of a file, or what a module exports by default. At once,
 * so that no module of the program can come first.
 *
 * @throws {ConfigError} where it cannot be read.
 */
export function readConfig(source: ConfigSource): unknown {
  try {
    if ('text' in source) return json(source.text)
    const text = contentsOf(source.path)
    return extname(source.path) === '.json' ? json(text) : defaultExportOf(source.path)
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${source.name}: ${error.message}`, { cause: error.cause })
    throw error
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    // The platform quotes what it could not read, and a policy may have the password of a proxy in it.
    const what = String(Reflect.get(Object(cause), 'message')).replace(/, (?:\.\.\.)?".*is not valid JSON$/s, '')
    throw new ConfigError(`it is no JSON: ${what}`, { cause })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a directory',
}

function contentsOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const code = String(Reflect.get(Object(cause), 'code'))
    throw new ConfigError(reasons[code] ?? `it cannot be read: ${code}`, { cause })
  }
}

function defaultExportOf(path: string): unknown {
  const exported = exportsOf(path)
  const isModule = types.isModuleNamespaceObject(exported) || Reflect.get(Object(exported), '__esModule') === true
  // What a CommonJS module exports that exports nothing.
  const isNothing = !isModule && isDeepStrictEqual(exported, {})
  if (isNothing) throw new ConfigError('it exports no policy: write module.exports = { ... }')
  if (!isModule) return exported
  if (Reflect.has(Object(exported), 'default')) return Reflect.get(Object(exported), 'default')
  throw new ConfigError('it exports no policy: write export default { ... }')
}

function exportsOf(path: string): unknown {
  try {
    return createRequire(import.meta.url)(path)
  } catch (cause) {
    if (Reflect.get(Object(cause), 'code') === 'ERR_REQUIRE_ASYNC_MODULE') {
      throw new ConfigError('it has an await at its top level, and a program does not wait for its configuration', {
        cause,
      })
    }
    if (!(cause instanceof Error)) throw new ConfigError(`it throws ${inWords(cause)}`, { cause })
    const [, line] = cause.stack?.split(`${basename(path)}:`)[1]?.match(/^(\d+)/) ?? []
    const where = line === undefined ? '' : ` in line ${line}`
    // The first line alone: the others tell who has asked for a module that is missing.
    const [message] = String(cause).split('\n')
    throw new ConfigError(`it fails${where}: ${message}`, { cause })
  }
}
