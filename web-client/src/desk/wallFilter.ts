/** Which sites the wall shows, and in which groups. Pure. */

import { byDistrict, type District } from '../conference/districts'
import { matches } from '../search'
import type { RosterRow } from '../signalling/protocol'
import { wallGroup, type WallGroup } from './wallLines'

export const STATES = ['all', 'present', 'absent', 'lost', 'waiting', 'hands', 'mic', 'trouble'] as const
export type StateFilter = (typeof STATES)[number]

export interface WallWish {
  query: string
  state: StateFilter
  /** Empty: any. */
  level: string
  district: string
  sort: 'district' | 'trouble'
}

export const EVERYTHING: WallWish = {
  query: '',
  state: 'all',
  level: '',
  district: '',
  sort: 'district',
}

/** Sites in trouble with their places, worst 0. */
export type Places = ReadonlyMap<string, number>

export function passes(row: RosterRow, state: StateFilter, places: Places): boolean {
  switch (state) {
    case 'all':
      return true
    case 'hands':
      return row.hand !== null || row.asked
    case 'mic':
      return row.mic
    case 'trouble':
      return places.has(row.site)
    default:
      return row.state === state
  }
}

/** The wall's groups in order, empty ones left out. `inTrouble` names the one group of that order. */
export function wallGroups(
  rows: readonly RosterRow[],
  wish: WallWish,
  places: Places,
  inTrouble: string,
): WallGroup[] {
  const groups = byDistrict(rows).map((group) => ({ group, shown: shownOf(group, wish, places) }))
  if (wish.sort === 'district') {
    return groups
      .filter(({ shown }) => shown.length > 0)
      .map(({ group, shown }) => wallGroup(group, shown))
  }
  const shown = groups.flatMap((group) => group.shown)
  const place = (row: RosterRow) => places.get(row.site) ?? calm(row)
  const sorted = shown.sort((one, other) => place(one) - place(other))
  return sorted.length === 0
    ? []
    : [wallGroup({ site: '', name: inTrouble, rows: [...rows] }, sorted)]
}

function shownOf(group: District, wish: WallWish, places: Places): RosterRow[] {
  if (wish.district !== '' && wish.district !== group.site) return []
  return group.rows.filter(
    (row) =>
      (wish.level === '' || row.level === wish.level) &&
      passes(row, wish.state, places) &&
      matches(wish.query, row.name, group.name),
  )
}

/** Behind the troubles: who is on air, who asks, who is here, who is not. */
function calm(row: RosterRow): number {
  if (row.floor) return 10_000
  if (row.hand !== null) return 10_001
  return row.state === 'present' ? 10_002 : 10_003
}
