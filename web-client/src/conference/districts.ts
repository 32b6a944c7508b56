/** Sites in the order of the administration: who is below whom, whatever the depth. Pure. */

import type { RosterRow } from '../signalling/protocol'

/** A tree that is deeper is taken for a ring. */
const DEEPEST = 16

type Placed = Pick<RosterRow, 'site' | 'name' | 'parent'>

export interface District<Row extends Placed = RosterRow> {
  site: string
  name: string
  rows: Row[]
}

/**
 * Rows in groups: the top site with whoever is directly below it and has nobody below, then each
 * site that has others below it, with those. Any depth: a row belongs to its nearest listed parent
 * that is not the top.
 */
export function byDistrict<Row extends Placed>(rows: Iterable<Row>): District<Row>[] {
  const all = new Map([...rows].map((row) => [row.site, row]))
  const leading = new Set([...all.values()].map(({ parent }) => parent))
  const groups = new Map<string, District<Row>>()
  for (const row of all.values()) {
    const below = headOf(row, all)
    const head = leading.has(below.site) ? below : (all.get(below.parent ?? '') ?? below)
    const group = groups.get(head.site) ?? { site: head.site, name: head.name, rows: [] }
    group.rows.push(row)
    groups.set(head.site, group)
  }
  return [...groups.values()]
}

/** The highest listed site above `row` that is not the top itself. */
function headOf<Row extends Placed>(row: Row, all: Map<string, Row>): Row {
  let head = row
  for (let depth = 0; depth < DEEPEST && head.parent !== null; depth += 1) {
    const parent = all.get(head.parent)
    if (parent === undefined || isTop(parent, all)) break
    head = parent
  }
  return head
}

function isTop<Row extends Placed>(row: Row, all: Map<string, Row>): boolean {
  return row.parent === null || !all.has(row.parent)
}

const SHORT: readonly [RegExp, string][] = [
  [/^Thành phố /, 'TP. '],
  [/^Thị trấn /, 'TT. '],
  [/^Thị xã /, 'TX. '],
  [/^Phường /, 'P. '],
  [/^Huyện /, 'H. '],
  [/^Xã /, 'X. '],
]

/** The name with its type abbreviated as offices write it: "P. Phước Tân". */
export function shortName(name: string): string {
  for (const [long, short] of SHORT) if (long.test(name)) return name.replace(long, short)
  return name
}
