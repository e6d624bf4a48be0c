import type { Cookie } from 'tough-cookie'
import { surplus } from './crowding.ts'
import { siteOf } from './site.ts'

/** How many cookies there may be. */
export interface Most {
  readonly inAll: number
  readonly perSite: number
}

/** How many cookies there are at most, in all and of each site; they are counted when that is too many. */
export class Census {
  readonly #most: Most
  readonly #sites = new Map<string, number>()
  #total = 0

  /** @param cookies all of them. */
  constructor(most: Most, cookies: readonly Cookie[]) {
    this.#most = most
    for (const cookie of cookies) this.crowdedBy(cookie)
  }

  /** A cookie has come, or has taken the place of another one: true when there may be too many now. */
  crowdedBy({ domain }: Cookie): boolean {
    const site = siteOf(domain ?? '')
    const ofSite = (this.#sites.get(site) ?? 0) + 1
    this.#sites.set(site, ofSite)
    this.#total += 1
    return this.#total > this.#most.inAll || ofSite > this.#most.perSite
  }
}

/** The cookies that have to go, of all there are. */
export function tooMany(cookies: readonly Cookie[], { inAll, perSite }: Most, now: number): Cookie[] {
  const bySite = Map.groupBy(cookies, ({ domain }) => siteOf(domain ?? ''))
  const ofSites = [...bySite.values()].flatMap((ofSite) => surplus(ofSite, perSite, nearly(perSite), now))
  const gone = new Set(ofSites)
  const left = cookies.filter((cookie) => !gone.has(cookie))
  return [...ofSites, ...surplus(left, inAll, nearly(inAll), now)]
}

/** A tenth more goes than has to, so that they need not be counted again soon. */
function nearly(most: number): number {
  return Math.ceil(most * 0.9)
}
