import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Report } from './report.ts'
import { UserError } from './user-error.ts'

/** @throws {UserError} when there can be no such file: better before a run than after it. */
export function assertWritable(path: string): void {
  try {
    accessSync(dirname(path), constants.W_OK)
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(`--json: ${path} is a folder`)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`--json: cannot write ${path} (${codeOf(error)})`)
  }
}

export function writeReport(path: string, report: Report): void {
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
}

/** @throws {UserError} when it is not what {@link writeReport} has written. */
export function readReport(path: string): Report {
  const value = parsed(path, textOf(path))
  if (isReport(value)) return value
  throw new UserError(`--compare: ${path} was not written by this command's --json`)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`--compare: cannot read ${path} (${codeOf(error)})`)
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError(`--compare: ${path} is not JSON`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function isReport(value: unknown): value is Report {
  return (
    isObject(value) &&
    value.command === 'steadfetch bench' &&
    value.version === 1 &&
    ['date', 'machine', 'node', 'fetch', 'target'].every((field) => typeof value[field] === 'string') &&
    isObject(value.flags) &&
    Array.isArray(value.rows) &&
    value.rows.every(isRow)
  )
}

function isRow(value: unknown): boolean {
  return (
    isObject(value) &&
    ['protocol', 'mode'].every((field) => typeof value[field] === 'string') &&
    typeof value.concurrency === 'number' &&
    (value.connections === null || typeof value.connections === 'number') &&
    Array.isArray(value.rounds) &&
    value.rounds.every(isRound)
  )
}

function isRound(value: unknown): boolean {
  return isObject(value) && ['calls', 'ok', 'seconds', 'cpu'].every((field) => typeof value[field] === 'number')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
