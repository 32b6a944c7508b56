/** Whom the button calls: what is chosen on the page, and whom that is. Pure. */

export interface KnownSite {
  site: string
  name: string
  level: string
  parent: string | null
  call: string
}

export interface KnownLevel {
  key: string
  name: string
}

export type Way = 'all' | 'level' | 'below' | 'sites'

export interface Chosen {
  way: Way
  levels: readonly string[]
  below: string | null
  sites: readonly string[]
}

export const EVERYBODY: Chosen = { way: 'all', levels: [], below: null, sites: [] }

/** What goes to the front with a press. */
export interface Wish {
  levels: string[]
  below: string | null
  sites: string[]
}

export function wishOf(chosen: Chosen): Wish {
  return {
    levels: chosen.way === 'level' ? [...chosen.levels] : [],
    below: chosen.way === 'below' ? chosen.below : null,
    sites: chosen.way === 'sites' ? [...chosen.sites] : [],
  }
}

/** The sites that a press would call, without the caller's own; none while nothing is chosen. */
export function calledBy(sites: readonly KnownSite[], own: string, chosen: Chosen): KnownSite[] {
  const others = sites.filter(({ site }) => site !== own)
  switch (chosen.way) {
    case 'all':
      return others
    case 'level':
      return others.filter(({ level }) => chosen.levels.includes(level))
    case 'below': {
      const inside = chosen.below === null ? new Set<string>() : subtree(sites, chosen.below)
      return others.filter(({ site }) => inside.has(site))
    }
    case 'sites':
      return others.filter(({ site }) => chosen.sites.includes(site))
  }
}

/** The sites that have others below them, without the caller's own. */
export function heads(sites: readonly KnownSite[], own: string): KnownSite[] {
  const leading = new Set(sites.map(({ parent }) => parent))
  return sites.filter(({ site }) => site !== own && leading.has(site))
}

/** How many sites each level has, without the caller's own; levels without any are left out. */
export function levelCounts(
  levels: readonly KnownLevel[],
  sites: readonly KnownSite[],
  own: string,
): { level: KnownLevel; count: number }[] {
  return levels
    .map((level) => ({ level, count: sites.filter((one) => one.site !== own && one.level === level.key).length }))
    .filter(({ count }) => count > 0)
}

function subtree(sites: readonly KnownSite[], top: string): Set<string> {
  const inside = new Set([top])
  for (let grew = true; grew; ) {
    grew = false
    for (const { site, parent } of sites) {
      if (inside.has(site) || parent === null || !inside.has(parent)) continue
      inside.add(site)
      grew = true
    }
  }
  return inside
}
