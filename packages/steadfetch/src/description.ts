import { inWords } from '@steadfetch/core'
import type { Part } from './stack.ts'

/** A stack in words: a line for each layer, the outermost first. */
export function descriptionOf(parts: readonly Part[]): string {
  const width = Math.max(0, ...parts.map(({ name }) => name.length))
  const lines = parts.map(({ name, options }) => `  ${name.padEnd(width)}  ${optionsInWords(name, options)}`.trimEnd())
  return [...lines, `  ${'fetch'.padEnd(width)}`.trimEnd()].join('\n')
}

/** What may be shown of options: numbers, words and lists of them. A header, a key or a proxy's URL may be secret. */
function optionsInWords(name: string, options: unknown): string {
  if (name === 'auth') return String(Reflect.get(Object(options), 'name'))
  const shown = Object.entries(Object(options)).flatMap(([option, value]) => {
    return value === undefined ? [] : [`${option} ${valueInWords(option, value)}`]
  })
  return shown.length === 0 ? 'defaults' : shown.join(', ')
}

/** Options whose values, or parts of them, may be secret, and those that are no settings but things that live. */
const unshown = new Set([
  ...['headers', 'params', 'through', 'tls', 'redact', 'baseUrl'],
  ...['logger', 'jar', 'circuits', 'limiter', 'budget'],
])

function valueInWords(option: string, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (unshown.has(option)) return 'set'
  if (typeof value === 'string') return inWords(value)
  if (Array.isArray(value)) return `[${value.map((member) => valueInWords(option, member)).join(', ')}]`
  if (typeof value === 'function') return 'a function'
  return `{ ${Object.entries(Object(value))
    .map(([own, inner]) => `${own}: ${valueInWords(own, inner)}`)
    .join(', ')} }`
}
