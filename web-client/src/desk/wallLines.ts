/**
 * The wall as lines of equal height, and which of them are near the window. Pure.
 *
 *     groups ─▶ lines of as many tiles as fit ─▶ the lines between top and bottom of the window
 */

import type { District } from '../conference/districts'
import type { RosterRow } from '../signalling/protocol'

export interface WallLine {
  key: string
  /** The group's name stands before its first line only. */
  group: { name: string; present: number; invited: number } | null
  sites: readonly string[]
}

export interface WallGroup {
  site: string
  name: string
  present: number
  invited: number
  sites: readonly string[]
}

export interface TileSize {
  width: number
  height: number
  columns: number
}

export const GAP_PX = 4
/** A smaller picture shows nobody. */
const SMALLEST_PX = 92
const LARGEST_PX = 320
const STEP_PX = 4

/** A group of rows with counts over `all` and the tiles of those that are shown. */
export function wallGroup(group: District, shown: readonly RosterRow[]): WallGroup {
  return {
    site: group.site,
    name: group.name,
    present: group.rows.filter((row) => row.present).length,
    invited: group.rows.length,
    sites: shown.map(({ site }) => site),
  }
}

/** Tiles of at least `wishPx` that fill `widthPx`; the picture is 16:9. */
export function tileSize(widthPx: number, wishPx: number): TileSize {
  const columns = Math.max(1, Math.floor((widthPx + GAP_PX) / (wishPx + GAP_PX)))
  const width = Math.floor((widthPx - (columns - 1) * GAP_PX) / columns)
  return { columns, width, height: Math.round((width * 9) / 16) }
}

/** The largest tiles with which all groups fit into the window; the smallest when none do. */
export function fitTile(groups: readonly WallGroup[], widthPx: number, heightPx: number): TileSize {
  for (let wish = LARGEST_PX; wish > SMALLEST_PX; wish -= STEP_PX) {
    const size = tileSize(widthPx, wish)
    const lines = groups.reduce((sum, { sites }) => sum + Math.ceil(sites.length / size.columns), 0)
    if (lines * (size.height + GAP_PX) <= heightPx) return size
  }
  return tileSize(widthPx, SMALLEST_PX)
}

export function wallLines(groups: readonly WallGroup[], columns: number): WallLine[] {
  return groups.flatMap((group) => {
    const lines: WallLine[] = []
    for (let first = 0; first < group.sites.length; first += columns) {
      lines.push({
        key: `${group.site} ${first}`,
        group: first === 0 ? group : null,
        sites: group.sites.slice(first, first + columns),
      })
    }
    return lines
  })
}

export interface Span {
  first: number
  /** Behind the last. */
  end: number
}

/** Which of `count` lines of `linePx` are in the window, and `spare` more on each side. */
export function spanOf(
  count: number,
  linePx: number,
  window: { top: number; height: number },
  spare: number,
): Span {
  const first = Math.floor(window.top / linePx) - spare
  const end = Math.ceil((window.top + window.height) / linePx) + spare
  return {
    first: Math.min(count, Math.max(0, first)),
    end: Math.max(0, Math.min(count, end)),
  }
}
