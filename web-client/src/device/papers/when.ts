/** When a room asks for its papers again. Pure. */

import type { Agenda } from '../office'

const EVERY_MS = 15 * 60_000
/** So long before a meeting the room asks once more: late papers come late. */
const BEFORE_MS = 30 * 60_000

/** Milliseconds from now to the next time: a quarter of an hour, or half an hour before a bell. */
export function nextAskMs(agenda: Agenda | null, nowMs: number): number {
  const bells = (agenda?.meetings ?? [])
    .map(({ starts_ms }) => starts_ms - BEFORE_MS - nowMs)
    .filter((ms) => ms > 0)
  return Math.min(EVERY_MS, ...bells)
}
