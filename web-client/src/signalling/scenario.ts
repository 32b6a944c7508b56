/** The scenario as the MCU tells it, and what a chair's page may ask of it (`docs/PROTOCOL.md`). */

export type CueKind = 'item' | 'roll_call' | 'discussion' | 'vote' | 'split' | 'merge' | 'break'
export type CueStanding = 'done' | 'running' | 'coming' | 'skipped'

/** A turn of a cue; `turn` is '' in a cue without turns. */
export interface Step {
  cue: string
  turn: string
}

export interface CueTurn {
  turn: string
  site: string | null
  name: string
  speaker: string
  minutes: number
  state: CueStanding
}

export interface Cue {
  cue: string
  kind: CueKind
  title: string
  who: string
  layout: string
  put_in: boolean
  state: CueStanding
  /** Moments of the MCU's clock, ms; 0: there is none. */
  planned_ms: number
  began_ms: number
  expected_ms: number
  spent_ms: number
  allotted_ms: number
  turns: CueTurn[]
}

export interface Scenario {
  type: 'scenario'
  revision: number
  /** All that runs on is told as of this moment. */
  now_ms: number
  at: Step | null
  over: boolean
  /** Whose turn it is, but was not here. */
  awaited: string | null
  following: Step | null
  since_ms: number
  step_ends_ms: number
  ends_ms: number
  late_ms: number
  cues: Cue[]
}

/** What a room is told: the running step. */
export interface CueNow {
  cue: string
  kind: CueKind
  title: string
  speaker: string
  site: string | null
  since_ms: number
  /** When its time is up; 0: none is set. */
  ends_ms: number
}

export type ScenarioCommand =
  | { type: 'cue_next'; seen: number }
  | { type: 'cue_back'; seen: number }
  | { type: 'cue_put_off'; seen: number }
  | { type: 'cue_skip'; seen: number; cue: string; turn?: string; on?: boolean }
  | { type: 'cue_move'; seen: number; cue: string; after?: string }
  | { type: 'cue_extend'; seen: number; minutes: number }
  | {
      type: 'cue_insert'
      seen: number
      title: string
      minutes: number
      site?: string
      after?: string
    }
