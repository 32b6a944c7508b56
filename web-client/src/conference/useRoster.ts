/** The list of all sites, as the chair and the console see it. */

import { computed, shallowReactive } from 'vue'

import type { RosterRow, ServerMessage } from '../signalling/protocol'

/** A tree that is deeper is taken for a ring. */
const DEEPEST = 16

export interface District {
  site: string
  name: string
  rows: RosterRow[]
}

export function useRoster() {
  const rows = shallowReactive(new Map<string, RosterRow>())

  function handle(message: ServerMessage): void {
    if (message.type === 'roster') {
      rows.clear()
      for (const row of message.sites) rows.set(row.site, row)
    } else if (message.type === 'roster_delta') {
      for (const row of message.sites) rows.set(row.site, row)
    }
  }

  /** Those who ask for the floor, first come first. */
  const hands = computed(() =>
    [...rows.values()]
      .filter((row) => row.hand !== null)
      .sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0)),
  )

  return { rows, hands, handle }
}

/**
 * Rows in groups: the top site first, then each site that has others below it, with those. Any
 * depth: a row belongs to its nearest listed parent that is not the top.
 */
export function byDistrict(rows: Iterable<RosterRow>): District[] {
  const all = new Map([...rows].map((row) => [row.site, row]))
  const groups = new Map<string, District>()
  for (const row of all.values()) {
    const head = headOf(row, all)
    const group = groups.get(head.site) ?? { site: head.site, name: head.name, rows: [] }
    group.rows.push(row)
    groups.set(head.site, group)
  }
  return [...groups.values()]
}

/** The highest listed site above `row` that is not the top itself. */
function headOf(row: RosterRow, all: Map<string, RosterRow>): RosterRow {
  let head = row
  for (let depth = 0; depth < DEEPEST && head.parent !== null; depth += 1) {
    const parent = all.get(head.parent)
    if (parent === undefined || isTop(parent, all)) break
    head = parent
  }
  return head
}

function isTop(row: RosterRow, all: Map<string, RosterRow>): boolean {
  return row.parent === null || !all.has(row.parent)
}
