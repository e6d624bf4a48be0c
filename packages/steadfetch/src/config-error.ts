/** A program cannot be started with its configuration; the message says where that is and what to change. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
