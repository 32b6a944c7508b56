/** Times, lengths and sums of a report as the page writes them. */

import type { Attendance, CueRow, Mishap, Report } from './types'

export const NONE = '–'

/** "08:05" on the meeting's own clock, wherever the reader is. */
export function clockOf(ms: number | null, zone: string): string {
  return ms ? new Date(ms).toLocaleTimeString('vi-VN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hour12: false }) : NONE
}

/** "25/01/2024". */
export function dayOf(ms: number, zone: string): string {
  return ms ? new Date(ms).toLocaleDateString('vi-VN', { timeZone: zone, day: '2-digit', month: '2-digit', year: 'numeric' }) : NONE
}

/** "7:05" for seven minutes and five seconds, "1:02:05" for more than an hour. */
export function lasting(ms: number): string {
  const all = Math.round(Math.max(0, ms) / 1000)
  const hours = Math.floor(all / 3600)
  const minutes = Math.floor((all % 3600) / 60)
  const seconds = String(all % 60).padStart(2, '0')
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** "+2:10", "−0:40". */
export function differing(ms: number): string {
  return `${ms > 0 ? '+' : ms < 0 ? '−' : ''}${lasting(Math.abs(ms))}`
}

export function minutesOf(ms: number): number {
  return Math.floor(Math.abs(ms) / 60_000)
}

/** By how much a cue took longer than planned; 0 where it did not run. */
export function overOf(cue: CueRow): number {
  return cue.began_ms ? cue.spent_ms - Math.round(cue.planned_min * 60_000) : 0
}

export type Show = 'all' | 'absent' | 'late' | 'early' | 'lost'

const SHOWN: Record<Show, (row: Attendance) => boolean> = {
  all: () => true,
  absent: (row) => row.standing === 'absent',
  late: (row) => row.standing === 'late' || row.standing === 'late_and_left_early',
  early: (row) => row.standing === 'left_early' || row.standing === 'late_and_left_early',
  lost: (row) => row.losses > 0,
}

export const SHOWS = Object.keys(SHOWN) as Show[]

export function shown(rows: readonly Attendance[], show: Show): Attendance[] {
  return rows.filter(SHOWN[show])
}

export function attended(report: Report): number {
  return report.attendance.length - shown(report.attendance, 'absent').length
}

/** Who spoke, the longest first. */
export function speakers(report: Report): Attendance[] {
  return report.attendance.filter(({ turns, spoken_ms }) => turns || spoken_ms).sort((one, other) => other.spoken_ms - one.spoken_ms)
}

export function unheard(report: Report): number {
  return report.requests.filter(({ heard_ms }) => heard_ms === null).length
}

/** How long an incident took; "" where it took no time. */
export function lengthOf(mishap: Mishap): string {
  return mishap.until_ms === null ? '' : lasting(mishap.until_ms - mishap.at_ms)
}

export interface Note {
  word: string
  n?: number
  name?: string
}

/** What is to be said of a cue beside its times: keys below `report.note`. */
export function notesOf(cue: CueRow): Note[] {
  const notes: Note[] = []
  if (!cue.planned_place) notes.push({ word: 'put_in' })
  if (cue.moved) notes.push({ word: 'moved' })
  if (cue.extra_min) notes.push({ word: cue.extra_min > 0 ? 'extended' : 'shortened', n: Math.abs(cue.extra_min) })
  if (cue.state !== 'done') notes.push({ word: cue.state })
  for (const turn of cue.turns) {
    if (cue.began_ms && (turn.state === 'skipped' || turn.state === 'not_reached')) {
      notes.push({ word: `turn_${turn.state}`, name: turn.name || turn.speaker })
    }
  }
  return notes
}
