const seconds = /^\d+(\.\d+)?$/
/** `Sun, 06 Nov 1994 08:49:37 GMT`, and the obsolete `Sunday, 06-Nov-94 08:49:37 GMT`. */
const httpDate = /^[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT$/
/** `Sun Nov  6 08:49:37 1994`, obsolete as well, and in UTC although it does not say so. */
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/**
 * How long the server asks to be left alone, in milliseconds from now: `retry-after-ms`, or `Retry-After` in seconds or
 * as a date (RFC 9110, sections 5.6.7 and 10.2.3). A date is held against the response's own `Date`, so that a clock
 * that is wrong does no harm; one that has passed is 0. Undefined where there is no such header or it makes no sense,
 * as a negative number does. The response of a test double may have no headers, or none that can be asked: so it has no
 * such header.
 */
export function retryAfterOf(headers: Headers | undefined): number | undefined {
  const milliseconds = headerOf(headers, 'retry-after-ms')
  if (milliseconds !== undefined && seconds.test(milliseconds)) return Number(milliseconds)
  const value = headerOf(headers, 'retry-after')
  if (value === undefined) return undefined
  if (seconds.test(value)) return Number(value) * 1000
  const until = parseHttpDate(value)
  if (until === undefined) return undefined
  return Math.max(0, until - (parseHttpDate(headerOf(headers, 'date') ?? '') ?? Date.now()))
}

function headerOf(headers: Headers | undefined, name: string): string | undefined {
  const value: unknown = typeof headers?.get === 'function' ? headers.get(name) : undefined
  return typeof value === 'string' ? value.trim() : undefined
}

function parseHttpDate(value: string): number | undefined {
  const zoned = asctimeDate.test(value) ? `${value} GMT` : value
  const time = httpDate.test(value) || zoned !== value ? Date.parse(zoned) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
