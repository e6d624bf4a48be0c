import { availableParallelism, cpus } from 'node:os'

/** What ran it, as `2 × some processor, linux x64`. */
export function machine(): string {
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() || 'CPU'}, ${process.platform} ${process.arch}`
}

/** As `2026-11-22`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10)
}
