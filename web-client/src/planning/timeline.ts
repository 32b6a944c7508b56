/** When each cue and each turn begins and ends, as the office works it out, at once. Pure. */

import type { Cue } from './types'

export interface Slot {
  cue: string
  /** Minutes after midnight of the meeting's day. */
  begins: number
  ends: number
  /** How much later it begins than the one before ends; negative: they overlap. */
  gap: number
  /** When each turn begins; null where that can't be said. */
  turns: (number | null)[]
}

export function clockMin(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
}

/** Minutes after midnight as "07:45"; past midnight the clock begins again. */
export function clockText(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
}

/** How long the turns are whose length is set, open ones of a discussion included. */
export function turnsTogether(cue: Cue): number {
  const each = cue.turns.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0)
  return each + cue.open_turns * (cue.turn_minutes ?? 0)
}

export function cueMinutes(cue: Cue): number {
  return cue.minutes ?? turnsTogether(cue)
}

/** Cues in time; the first begins when the meeting opens if it has no time of its own. */
export function timeline(cues: readonly Cue[], starts: string | null): Slot[] {
  let clock = starts ? clockMin(starts.slice(11, 16)) : 0
  return cues.map((cue, n) => {
    const begins = cue.at === null ? clock : clockMin(cue.at)
    const gap = n === 0 ? 0 : begins - clock
    clock = begins + cueMinutes(cue)
    return { cue: cue.id, begins, ends: clock, gap, turns: turnsOf(cue, begins) }
  })
}

function turnsOf(cue: Cue, begins: number): (number | null)[] {
  let clock: number | null = begins
  return cue.turns.map(({ minutes }) => {
    const now = clock
    clock = clock === null || minutes === null ? null : clock + minutes
    return now
  })
}

/** The cue that is on at a minute of the day: the last one that has begun and not ended. */
export function slotAt(slots: readonly Slot[], minute: number): Slot | null {
  return slots.findLast(({ begins, ends }) => begins <= minute && minute < ends) ?? null
}
