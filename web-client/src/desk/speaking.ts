/** How long sites have spoken, by the MCU's count. Pure. */

import type { RosterRow, SiteName } from '../signalling/protocol'

/** "3:07", or "1:02:07". */
export function asClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = Math.floor(seconds / 3600)
  if (hours > 0) parts.unshift(hours)
  return parts.map((part, n) => (n === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** The holders of the floor, each with how long it has spoken in this turn. */
export function floorClocks(
  floor: readonly SiteName[],
  rows: readonly RosterRow[],
  nowMs: number,
): { site: string; name: string; clock: string }[] {
  const since = new Map(rows.map((row) => [row.site, row.speaks_since_ms]))
  return floor.map(({ site, name }) => ({
    site,
    name,
    clock: asClock(nowMs - (since.get(site) ?? nowMs)),
  }))
}

/** Whole minutes of a site's turns that are over; null: less than one. */
export function spokenMinutes(row: RosterRow): number | null {
  const minutes = Math.floor(row.spoken_ms / 60_000)
  return minutes > 0 ? minutes : null
}
