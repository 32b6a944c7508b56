/**
 * The list of all sites, as the chair and the console see it.
 *
 *     roster, roster_delta ─▶ newest row of each site ─▶ once per picture ─▶ cell of each site
 *                                                                         └▶ list, when it matters
 *
 * A tile watches its own cell, so that a sound level redraws one tile and nothing else. What counts
 * and sorts watches `list`, which is a new array only when more than a level or a trace of loss
 * changed.
 */

import { computed, onScopeDispose, shallowRef, triggerRef, type ShallowRef } from 'vue'

import type { RosterRow, ServerMessage } from '../signalling/protocol'

/** A hidden page gets no pictures, and must not fall behind for ever. */
const SLOWEST_MS = 500

export function useRoster() {
  const cells = new Map<string, ShallowRef<RosterRow>>()
  const list = shallowRef<readonly RosterRow[]>([])
  const news = new Map<string, RosterRow>()
  let frame = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function handle(message: ServerMessage): void {
    if (message.type === 'roster') restart(message.sites)
    else if (message.type === 'roster_delta') {
      for (const row of message.sites) news.set(row.site, row)
      flushSoon()
    }
  }

  /** Take the whole list anew; cells of sites that stay are kept, because tiles watch them. */
  function restart(rows: readonly RosterRow[]): void {
    news.clear()
    const here = new Set(rows.map(({ site }) => site))
    for (const site of [...cells.keys()]) if (!here.has(site)) cells.delete(site)
    for (const row of rows) put(row)
    show(rows)
  }

  function flushSoon(): void {
    if (frame !== 0) return
    frame = requestAnimationFrame(flush)
    timer = setTimeout(flush, SLOWEST_MS)
  }

  function flush(): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
    frame = 0
    let matters = false
    for (const row of news.values()) matters = put(row) || matters
    news.clear()
    if (matters) show(rows())
  }

  function show(rows: readonly RosterRow[]): void {
    list.value = rows
    triggerRef(list)
  }

  /** Keep a row; return whether more changed than a level. */
  function put(row: RosterRow): boolean {
    const cell = cells.get(row.site)
    if (cell === undefined) {
      cells.set(row.site, shallowRef(row))
      return true
    }
    const before = cell.value
    cell.value = row
    return matter(before, row)
  }

  /** Those who ask for the floor, first come first. */
  const hands = computed(() =>
    list.value
      .filter((row) => row.hand !== null)
      .sort((one, other) => (one.hand ?? 0) - (other.hand ?? 0)),
  )
  const names = computed(() => new Map(list.value.map(({ site, name }) => [site, name])))

  onScopeDispose(() => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  })
  /** The newest rows with their levels; nothing that calls this is told of later ones. */
  function rows(): RosterRow[] {
    return [...cells.values()].map((cell) => cell.value)
  }

  return { list, hands, names, rows, cell: (site: string) => cells.get(site), handle }
}

export type Roster = ReturnType<typeof useRoster>

/** Whether two rows of a site differ in more than its level and a trace of loss. */
export function matter(before: RosterRow, now: RosterRow): boolean {
  for (const key of Object.keys(now) as (keyof RosterRow)[]) {
    if (key === 'level_dbov') continue
    if (key === 'loss') {
      if (percent(before.loss) !== percent(now.loss)) return true
    } else if (before[key] !== now[key]) return true
  }
  return false
}

function percent(loss: number | null): number {
  return Math.round((loss ?? 0) * 100)
}
