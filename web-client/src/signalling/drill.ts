/** Drills of the backup plan as the MCU tells them, and what pages may say (`docs/PROTOCOL.md`). */

export type DrillKind = 'kill' | 'cut'

/** To a room: a drill began `age_ms` ago; report after `report_in_ms` what was missed since. */
export interface DrillAsked {
  type: 'drill'
  drill: number
  age_ms: number
  report_in_ms: number
}

export interface DrillMcu {
  mcu: string
  root: boolean
  /** It can be reached. */
  up: boolean
  sites: number
}

/** What can be drilled; `busy`: not yet, sites still report. */
export interface DrillGround {
  type: 'drill_ground'
  mcus: DrillMcu[]
  busy: boolean
}

export interface DrillRow {
  site: string
  name: string
  before: string | null
  after: string | null
  sound_ms: number | null
  picture_ms: number | null
  /** The drill took sound and picture from it; from others nothing may be missing. */
  struck: boolean
  met: boolean | null
}

export interface DrillFigures {
  struck: number
  reported: number
  sound_p95_ms: number | null
  sound_max_ms: number | null
  picture_p95_ms: number | null
  picture_max_ms: number | null
  late: number
  others: number
}

export interface Drill {
  drill: number
  kind: DrillKind
  mcu: string
  root: boolean
  by: string
  began_ms: number
  goal_ms: number
  figures: DrillFigures
  met: boolean | null
  sites: DrillRow[]
}

export type DrillResult = Drill & { type: 'drill_result' }
export type DrillMessage = DrillAsked | DrillGround | DrillResult

export interface DrillCommand {
  type: 'drill'
  kind: DrillKind
  mcu: string
}

export interface Drilled {
  type: 'drilled'
  drill: number
  sound_ms: number
  picture_ms: number
}
