/** What a room does about its meetings now. Pure. */

import type { Agenda, AgendaMeeting } from './office'

/** A room that joins by itself says so first, so that nobody is on screen unawares. */
export const WARNING_MS = 8000

export interface Due {
  meeting: AgendaMeeting
  /** Milliseconds until the room joins by itself; null: it waits to be asked. */
  joinsInMs: number | null
}

/** The meeting that is live and that nobody here has put aside, since `sinceMs` on this page. */
export function dueMeeting(
  agenda: Agenda | null,
  aside: ReadonlySet<string>,
  sinceMs: ReadonlyMap<string, number>,
  nowMs: number,
): Due | null {
  const meeting = agenda?.meetings.find((one) => one.live && !aside.has(one.meeting))
  if (!agenda || !meeting) return null
  if (agenda.join !== 'itself') return { meeting, joinsInMs: null }
  const began = sinceMs.get(meeting.meeting) ?? nowMs
  return { meeting, joinsInMs: Math.max(0, began + WARNING_MS - nowMs) }
}

/** The next meeting that is not live yet. */
export function nextMeeting(agenda: Agenda | null): AgendaMeeting | null {
  return agenda?.meetings.find((one) => !one.live) ?? null
}
