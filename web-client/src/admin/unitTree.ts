/** The tree of units as lines, as far as it has been opened; only what is on the screen is drawn. Pure. */

export interface Unit {
  id: string
  code: string
  name: string
  display_name: string
  type: string
  level: string
  parent: string | null
  path: string[]
  /** Ids of the units above it, from the top down. */
  above: string[]
  site: string | null
  children: number
}

export interface UnitLine {
  unit: Unit
  depth: number
  open: boolean
  /** Opened, but what is below it has not come yet. */
  waiting: boolean
}

/** The lines from the top down; `below` holds what has been loaded, by parent. */
export function unitLines(
  tops: readonly Unit[],
  below: ReadonlyMap<string, readonly Unit[]>,
  open: ReadonlySet<string>,
): UnitLine[] {
  const lines: UnitLine[] = []
  function add(unit: Unit, depth: number): void {
    const opened = open.has(unit.id) && unit.children > 0
    const children = below.get(unit.id)
    lines.push({ unit, depth, open: opened, waiting: opened && children === undefined })
    if (opened) for (const child of children ?? []) add(child, depth + 1)
  }
  for (const top of tops) add(top, 0)
  return lines
}

export interface Window {
  first: number
  /** One past the last. */
  end: number
}

/** Which lines of a list are drawn: those on the screen and a few around them. All in px. */
export function windowOf(count: number, line: number, scrolled: number, height: number, around = 8): Window {
  const first = Math.max(0, Math.floor(scrolled / line) - around)
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((scrolled + height) / line) + around) }
}

export type TreeMove = { to: number } | { open: string } | { close: string } | null

/** What a key does at line `at`. Source: WAI-ARIA Authoring Practices, tree view. */
export function treeMove(lines: readonly UnitLine[], at: number, key: string): TreeMove {
  const line = lines[at]
  if (!line) return null
  const last = lines.length - 1
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, last) }
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) }
    case 'Home':
      return { to: 0 }
    case 'End':
      return { to: last }
    case 'ArrowRight':
      if (line.unit.children === 0) return null
      return line.open ? { to: Math.min(at + 1, last) } : { open: line.unit.id }
    case 'ArrowLeft':
      if (line.open) return { close: line.unit.id }
      return { to: Math.max(0, lines.findLastIndex((one, i) => i < at && one.depth < line.depth)) }
    default:
      return null
  }
}
