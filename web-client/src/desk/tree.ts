/** The sites as a tree that folds: any depth, with counts of who is present. Pure. */

import { matches } from '../search'
import type { RosterRow } from '../signalling/protocol'

export interface TreeLine {
  row: RosterRow
  depth: number
  /** Sites below, itself included; a site with none below counts nothing. */
  present: number
  invited: number
  hasBelow: boolean
  open: boolean
}

export type Show = 'present' | 'missing' | 'all'

export interface TreeWish {
  show: Show
  query: string
  /** Whether a head is unfolded. A search unfolds them all. */
  isOpen: (site: string) => boolean
}

interface Node {
  row: RosterRow
  below: Node[]
}

/** A tree that is deeper is taken for a ring. */
const DEEPEST = 16

/** The lines to show, top down; a head stays when anything below it is shown. */
export function treeLines(rows: readonly RosterRow[], wish: TreeWish): TreeLine[] {
  const names = new Map(rows.map(({ site, name }) => [site, name]))
  const wanted = (row: RosterRow) =>
    (wish.show === 'all' || row.present === (wish.show === 'present')) &&
    matches(wish.query, row.name, names.get(row.parent ?? '') ?? '')
  const searching = wish.query.trim() !== ''
  const isOpen = searching ? () => true : wish.isOpen
  return roots(rows).flatMap((node) => linesOf(node, 0, wanted, isOpen))
}

/** How many lines there are when everything is unfolded. */
export function countShown(rows: readonly RosterRow[], show: Show): number {
  return rows.filter((row) => show === 'all' || row.present === (show === 'present')).length
}

function roots(rows: readonly RosterRow[]): Node[] {
  const nodes = new Map(rows.map((row) => [row.site, { row, below: [] as Node[] }]))
  const tops: Node[] = []
  for (const node of nodes.values()) {
    const parent = nodes.get(node.row.parent ?? '')
    if (parent === undefined || parent === node) tops.push(node)
    else parent.below.push(node)
  }
  // The top's own children stand beside it: a province is not a fold that hides its districts.
  return tops.flatMap((top) => [{ row: top.row, below: [] }, ...top.below])
}

function linesOf(
  node: Node,
  depth: number,
  wanted: (row: RosterRow) => boolean,
  isOpen: (site: string) => boolean,
): TreeLine[] {
  if (depth > DEEPEST) return []
  const below = node.below.flatMap((child) => linesOf(child, depth + 1, wanted, isOpen))
  const anyBelow = below.length > 0 || someBelow(node, wanted)
  if (!wanted(node.row) && !anyBelow) return []
  const open = isOpen(node.row.site)
  const family = node.below.length > 0 ? everyone(node) : []
  const head: TreeLine = {
    row: node.row,
    depth,
    present: family.filter((row) => row.present).length,
    invited: family.length,
    hasBelow: anyBelow,
    open,
  }
  return open ? [head, ...below] : [head]
}

function someBelow(node: Node, wanted: (row: RosterRow) => boolean): boolean {
  return node.below.some((child) => wanted(child.row) || someBelow(child, wanted))
}

function everyone(node: Node): RosterRow[] {
  return [node.row, ...node.below.flatMap(everyone)]
}
