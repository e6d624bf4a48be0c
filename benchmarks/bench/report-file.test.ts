import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { assertWritable, readReport, writeReport } from './report-file.ts'
import { reportOf, rowOf } from './report-of.ts'
import { UserError } from './user-error.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'steadfetch-bench-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('reads what it has written', () => {
  const path = join(folder(), 'out.json')
  const report = reportOf([rowOf({}, [1, 2]), rowOf({ mode: 'pooled', connections: 4 }, [])])
  assertWritable(path)
  writeReport(path, report)
  assertWritable(path)
  expect(readReport(path)).toEqual(report)
})

test('refuses to read what is not there, and what is not its own', () => {
  const path = join(folder(), 'old.json')
  expect(() => readReport(path)).toThrow(new UserError(`--compare: cannot read ${path} (ENOENT)`))
  writeFileSync(path, '{"command":')
  expect(() => readReport(path)).toThrow(new UserError(`--compare: ${path} is not JSON`))
  const report = reportOf([rowOf({}, [1])])
  const [row] = report.rows
  for (const foreign of [
    null,
    [],
    {},
    { ...report, version: 2 },
    { ...report, flags: undefined },
    { ...report, rows: {} },
    { ...report, rows: [null] },
    { ...report, rows: [{ ...row, concurrency: '10' }] },
    { ...report, rows: [{ ...row, rounds: [{ round: 0 }] }] },
  ]) {
    writeFileSync(path, JSON.stringify(foreign))
    expect(() => readReport(path)).toThrow(new UserError(`--compare: ${path} was not written by this command's --json`))
  }
})

test('knows before a run where nothing can be written after it', () => {
  const path = folder()
  expect(() => assertWritable(path)).toThrow(new UserError(`--json: ${path} is a folder`))
  const absent = join(path, 'absent', 'out.json')
  expect(() => assertWritable(absent)).toThrow(new UserError(`--json: cannot write ${absent} (ENOENT)`))
})
