import { UserError } from './user-error.ts'

/** A whole number within bounds. @throws {UserError} that names the flag. */
export function whole(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UserError(`${flag} must be a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`)
}

/** Whole numbers with commas between them, none twice. @throws {UserError} that names the flag. */
export function wholes(flag: string, text: string, least: number, most: number): number[] {
  return distinct(
    flag,
    text.split(',').map((part) => whole(flag, part, least, most)),
  )
}

/** Some of `known`, with commas between them. @throws {UserError} that names the flag. */
export function words<Word extends string>(flag: string, text: string, known: readonly Word[]): Word[] {
  return text.split(',').map((part) => {
    const word = known.find((each) => each === part)
    if (word !== undefined) return word
    throw new UserError(`${flag} must be of ${known.join(', ')}, got ${JSON.stringify(part)}`)
  })
}

/** @throws {UserError} when a value is there twice. */
export function distinct<Value extends string | number>(flag: string, values: Value[]): Value[] {
  const twice = values.find((value, place) => values.indexOf(value) !== place)
  if (twice === undefined) return values
  throw new UserError(`${flag} names ${twice} twice`)
}

const units = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
])

/** A time such as `5s`, in milliseconds. @throws {UserError} that names the flag. */
export function duration(flag: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? []
  const milliseconds = Number(number) * (units.get(unit) ?? Number.NaN)
  if (milliseconds >= 100 && milliseconds <= 3_600_000) return milliseconds
  throw new UserError(`${flag} must be a time from 100ms to 60m, such as 5s, got ${JSON.stringify(text)}`)
}

/** @throws {UserError} that shows no password. */
export function httpUrl(text: string): URL {
  const shown = JSON.stringify(text.replace(/\/\/[^/]*@/, '//…@'))
  if (!/^https?:\/\//i.test(text)) throw new UserError(`the URL must begin with http:// or https://, got ${shown}`)
  if (!URL.canParse(text)) throw new UserError(`this is not a valid URL: ${shown}`)
  const url = new URL(text)
  if (url.username || url.password) throw new UserError(`fetch takes no user and password in a URL, got ${shown}`)
  return url
}
