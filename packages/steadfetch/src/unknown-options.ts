import { closestMatch } from 'leven'

/** Where an option of a name would be right, as one writes it. */
export type Homes = (option: string) => readonly string[]

/** More than these are no slips of the pen: something else was given. */
const most = 5

/** Members that nobody knows, each with the known one that is most like it, or that it may be meant for. */
export function unknownOptions(
  what: string,
  options: object,
  known: readonly string[],
  homes: Homes = () => [],
): string[] {
  const unknown = Object.keys(options).filter((member) => !known.includes(member))
  const findings = unknown.slice(0, most).map((member) => {
    const mend = mendOf(member, known, homes) ?? `there are ${known.join(', ')}`
    return `${what}: there is no option ${JSON.stringify(member)}; ${mend}`
  })
  const more = unknown.length - most
  return more > 0 ? [...findings, `${what}: there are ${more} more options that it has not got`] : findings
}

function mendOf(member: string, known: readonly string[], homes: Homes): string | undefined {
  const places = homes(member)
  if (places.length > 0) return `is it ${places.join(', or ')}?`
  const near = closestMatch(member, known, {
    maxDistance: Math.min(Math.floor(member.length / 2), member.length < 7 ? 2 : 3),
  })
  const containing = known.find((name) => name.toLowerCase().endsWith(member.toLowerCase()))
  const meant = near ?? containing
  return meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`
}
