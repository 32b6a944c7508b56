/** What the office says of a meeting that was; the fields are those of docs/PROTOCOL.md. */

import type { Drill } from '../signalling/drill'

export type Standing = 'present' | 'late' | 'left_early' | 'late_and_left_early' | 'absent'

export interface Stay {
  from_ms: number
  until_ms: number
  parting: string
}

export interface Attendance {
  site: string
  name: string
  level: string
  parent: string | null
  guest: boolean
  standing: Standing
  first_ms: number | null
  left_ms: number | null
  present_ms: number
  away_ms: number
  losses: number
  late_ms: number
  early_ms: number
  evidence: string
  spoken_ms: number
  turns: number
  delegates: number | null
  stays: Stay[]
}

export interface TurnRow {
  turn: string
  site: string | null
  name: string
  speaker: string
  planned_min: number
  spent_ms: number
  state: string
}

export interface CueRow {
  cue: string
  kind: string
  title: string
  who: string
  planned_place: number
  actual_place: number
  planned_ms: number
  began_ms: number
  planned_min: number
  extra_min: number
  spent_ms: number
  state: string
  moved: boolean
  turns: TurnRow[]
}

export interface FloorSpan {
  site: string
  from_ms: number
  until_ms: number
  cue: string
}

export interface Request {
  site: string
  name: string
  asked_ms: number
  heard_ms: number | null
  lowered_ms: number | null
}

export interface DelegationView {
  site: string
  name: string
  answer: number | null
  told: boolean
}

export interface VoteView {
  vote: string
  cue: string
  question: string
  answers: string[]
  opened_ms: number
  closed_ms: number | null
  counts: number[]
  delegations: DelegationView[]
}

export interface Mishap {
  kind: string
  at_ms: number
  until_ms: number | null
  site: string | null
  name: string
  cue: string
  speaking: boolean
  sites: number
}

export interface Child {
  conference: string
  title: string
  chair: string
  begun_ms: number
  ended_ms: number
  over: boolean
  sites: number
  attended: number
  to_ms: number
  back_ms: number | null
  /** When the line was lost that cut it off; null: the meeting was split. */
  cut_ms: number | null
}

export interface Rates {
  example: boolean
  source: string
  currency: string
  delegates: number
  seats: number
  minutes_per_km: number
  cost_per_km: number
  cost_per_person_hour: number
}

export interface SavingRow {
  site: string
  name: string
  km: number
  delegates: number
  asked: boolean
  cars: number
}

export interface Savings {
  rates: Rates
  rows: SavingRow[]
  uncounted: string[]
  trips: number
  km: number
  person_hours: number
  cost: number
}

export interface Report {
  conference: string
  title: string
  chair_site: string
  chair: string
  logged_ms: number
  begun_ms: number
  opened_ms: number
  ended_ms: number
  over: boolean
  late_ms: number
  planned: boolean
  attendance: Attendance[]
  rolls: number
  cues: CueRow[]
  spans: FloorSpan[]
  requests: Request[]
  votes: VoteView[]
  mishaps: Mishap[]
  children: Child[]
  /** When the meeting was lost from which this one was cut off; null: it was not. */
  cut_ms: number | null
  savings: Savings | null
  drills: Drill[]
}

export interface LogOut {
  branch: string
  mcu: string
  events: number
  begun_ms: number
  last_ms: number
  digest: string
}

export interface ReportOut {
  report: Report
  host: string
  planned: boolean
  zone: string
  levels: Record<string, string>
  log: LogOut
  others: LogOut[]
  trouble: string
}

export interface ListedOut {
  conference: string
  title: string
  host: string
  planned: boolean
  log: LogOut
}
