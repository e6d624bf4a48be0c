import { writeSync } from 'node:fs'
import { ConfigError } from './config-error.ts'
import { configSource } from './config-source.ts'
import { harden } from './harden.ts'
import { hardenByConfig } from './harden-by-config.ts'
import { hardenGlobalFetch } from './harden-global-fetch.ts'
import { readConfig } from './read-config.ts'

export type { Config } from './harden-by-config.ts'

// Hardens the global fetch of a program that nobody edits: node --import steadfetch/register app.js

let name = 'the defaults'
try {
  const hardened = hardenGlobalFetch((fetch) => {
    const source = configSource(process.env, process.cwd())
    if (source === undefined) return harden({}, fetch)
    name = source.name
    return hardenByConfig(name, readConfig(source), fetch)
  })
  if (!/^(?:0|false)?$/.test(process.env.STEADFETCH_DEBUG ?? '')) {
    say(hardened ? `the global fetch is hardened by ${name}\n${hardened.describe()}` : 'it was registered before')
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  say(error.message)
  process.exit(1)
}

/** At once, in a thread too: what a stream still holds is lost when the process ends. */
function say(text: string): void {
  try {
    writeSync(2, `steadfetch: ${text}\n`)
  } catch {
    // Nobody can read it, as with a pipe whose reader has gone: no reason for a program not to start.
  }
}
