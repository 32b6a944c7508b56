/** Whom a vote can be put to: the sites of one level, without the chair's own. Pure. */

import type { RosterRow } from '../signalling/protocol'

export interface Choice {
  /** The level. */
  key: string
  sites: string[]
}

/** MCUs take no more. */
const MOST = 800

/** The levels from the top of the roster down; the chair's site does not answer itself. */
export function choicesOf(rows: readonly RosterRow[], chairSite: string): Choice[] {
  const levels = new Map<string, string[]>()
  for (const { site, level, guest } of rows) {
    if (site === chairSite || guest) continue
    levels.set(level, [...(levels.get(level) ?? []), site])
  }
  return [...levels].map(([key, sites]) => ({ key, sites: sites.slice(0, MOST) }))
}
