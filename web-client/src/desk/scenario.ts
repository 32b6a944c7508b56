/** What a page works out from the scenario that it was told: clocks, names, places. Pure. */

import type { Cue, CueTurn, Scenario, Step } from '../signalling/scenario'

const MIN_MS = 60_000

export function runs(scenario: Scenario): boolean {
  return scenario.at !== null && !scenario.over
}

export function runningCue(scenario: Scenario): Cue | null {
  return scenario.cues.find(({ state }) => state === 'running') ?? null
}

/** There is a step to go back to: one that has been, or the last when all is over. */
export function canGoBack(scenario: Scenario): boolean {
  const been = (cue: Cue): boolean =>
    cue.state === 'done' || (cue.state === 'running' && cue.turns.some(({ state }) => state === 'done'))
  return scenario.over || (scenario.at !== null && scenario.cues.some(been))
}

export function turnOf(scenario: Scenario, step: Step): CueTurn | null {
  const cue = scenario.cues.find((one) => one.cue === step.cue)
  return cue?.turns.find((one) => one.turn === step.turn) ?? null
}

/** Who speaks: the site's name, but whoever sits in the chair's own room by title. */
export function speakerOf(turn: CueTurn, chairSite: string): string {
  const ownRoom = turn.site !== null && turn.site !== chairSite
  return (ownRoom && turn.name) || turn.speaker || turn.name
}

/** What a step is called in one word: its speaker, else the cue's title. */
export function nameOf(scenario: Scenario, step: Step, chairSite: string): string {
  const turn = turnOf(scenario, step)
  const cue = scenario.cues.find((one) => one.cue === step.cue)
  return (turn && speakerOf(turn, chairSite)) || cue?.title || ''
}

/** The name of a row: its speakers, else its title. */
export function rowName(cue: Cue, chairSite: string): string {
  const names = cue.turns.map((turn) => speakerOf(turn, chairSite)).filter(Boolean)
  if (names.length > 2) return cue.title || names.join(' · ')
  return names.join(' · ') || cue.title
}

/** How long a cue has run, with what has passed since it was told. */
export function spentMs(scenario: Scenario, cue: Cue, nowMs: number): number {
  return cue.spent_ms + (cue.state === 'running' ? Math.max(0, nowMs - scenario.now_ms) : 0)
}

/** What is left of the running step; negative: over time; null: none runs. */
export function leftMs(scenario: Scenario, nowMs: number): number | null {
  return runs(scenario) ? scenario.step_ends_ms - nowMs : null
}

/** Whole minutes by which the end comes later than planned; negative: earlier. */
export function lateMin(scenario: Scenario, nowMs: number): number {
  const grown = runs(scenario)
    ? Math.max(0, nowMs - Math.max(scenario.step_ends_ms, scenario.now_ms))
    : 0
  return Math.trunc((scenario.late_ms + grown) / MIN_MS)
}

/** "3:07" of milliseconds, "-0:12" of less than none. */
export function countdown(ms: number): string {
  const seconds = Math.abs(ms < 0 ? Math.floor(ms / 1000) : Math.ceil(ms / 1000))
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return ms < 0 && seconds > 0 ? `-${text}` : text
}

/** "09:08" of a moment, by the clock of this place. */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString('vi-VN', {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  })
}

/** Whole minutes, as a row shows them. */
export function minutes(ms: number): number {
  return Math.round(ms / MIN_MS)
}

/** Behind which cue a coming one stands when it goes one place up or down; null: it can't. */
export function placeAfter(scenario: Scenario, cue: string, way: 'up' | 'down'): string | null {
  const ids = scenario.cues.map((one) => one.cue)
  const place = ids.indexOf(cue)
  const last = ids.indexOf(scenario.at?.cue ?? '')
  if (way === 'down') return ids[place + 1] ?? null
  return place - 2 >= Math.max(last, 0) ? (ids[place - 2] ?? null) : null
}
