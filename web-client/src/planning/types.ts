/** Meetings and their plans as the office's API gives them; a test holds them against it. */

export interface Signed {
  account: string
  name: string
  at: string
}

export type State = 'draft' | 'submitted' | 'approved' | 'live' | 'ended' | 'cancelled'
export type Step = 'submit' | 'send_back' | 'approve' | 'revise' | 'discard' | 'start' | 'end' | 'cancel'

/** A meeting of a list. */
export interface Head {
  id: string
  title: string
  kind: string
  host: string
  host_name: string
  state: State
  revision: number
  editions: number
  starts: string | null
  ends: string | null
  created: Signed
  sites: number
  errors: number
  warnings: number
  next: Next | null
}

/** The lead time that is to be kept next. */
export interface Next {
  key: string
  name: string
  name_en: string
  due: string
  standing: Standing
}

export interface Heads {
  total: number
  meetings: Head[]
}

export interface Edition {
  number: number
  revision: number
  seal: string
  approved: Signed
}

export interface Header {
  title: string
  kind: string
  host: string
  starts: string | null
  zone: string
  secret: false | null
  urgent: boolean
  site_limit: number
  layout: string
  venue: string
  summary: string
  signer: string
  /** This is the general rehearsal of that meeting; empty: it is none. */
  rehearses: string
}

interface Row {
  id: string
  place: string
}

export type Role = 'chair' | 'secretary' | 'reporting' | 'listening' | 'observing'
export type PickKind = 'level' | 'subtree' | 'unit' | 'guest'

export interface Pick extends Row {
  kind: PickKind
  level: string
  unit: string
  name: string
  role: Role
}

export interface Turn {
  unit: string
  guest: string
  speaker: string
  minutes: number | null
}

export type CueKind = 'item' | 'roll_call' | 'discussion' | 'vote' | 'split' | 'merge' | 'break'

export interface Ballot {
  question: string
  answers: string[]
  delegations: string[]
}

export interface Cue extends Row {
  kind: CueKind
  title: string
  at: string | null
  minutes: number | null
  turns: Turn[]
  who: string
  open_turns: number
  turn_minutes: number | null
  layout: string
  picture: string
  papers: string[]
  note: string
  split_level: string
  ballot: Ballot | null
}

export type Phase = 'before' | 'during' | 'after'

export interface Due {
  days: number
  at: string | null
  until: string | null
  at_latest: boolean
}

export interface Task extends Row {
  phase: Phase
  text: string
  parties: string[]
  units: string[]
  who: string
  due: Due | null
}

export interface Case extends Row {
  case: string
  trigger: string
  action: string
  within: string
  who: string
  decides: string
  call: string[]
  announce: string
}

export interface Paper extends Row {
  title: string
  restricted: boolean
  by: string
}

export interface StandIn extends Row {
  by: string[]
}

/** The tables of a plan. */
export interface Tables {
  participants: Pick[]
  cues: Cue[]
  tasks: Task[]
  cases: Case[]
  papers: Paper[]
  standins: StandIn[]
}

export type Section = keyof Tables
export type RowOf<S extends Section> = Tables[S][number]
/** What is written of a row: all but its id and where it stands. */
export type Fields<S extends Section> = Omit<RowOf<S>, 'id' | 'place'>

/** A cue in time; `gap_min` is negative where it overlaps the one before. */
export interface CueTime {
  cue: string
  begins: string
  ends: string
  starts_at: string | null
  minutes: number
  gap_min: number
  turns: (string | null)[]
}

export type Standing = 'done' | 'late' | 'pending' | 'soon' | 'overdue' | 'excepted'

export type Severity = 'error' | 'warning' | 'note'

export interface PlanProblem {
  part: string
  code: string
  severity: Severity
  field: string
  text: string
  values: Record<string, string>
}

export interface UnitName {
  name: string
  display_name: string
  level: string
}

export interface Count {
  units: number
  sites: number
  guests: number
  site_limit: number
}

export interface Plan extends Tables {
  id: string
  revision: number
  state: State
  edition: number | null
  seal: string
  steps: Step[]
  may: string[]
  editions: Edition[]
  created: Signed
  header: Header
  times: CueTime[]
  ends: string | null
  problems: PlanProblem[]
  count: Count
  names: Record<string, UnitName>
}

export type Change =
  | { op: 'set'; part: string; value: unknown; after?: string | null }
  | { op: 'move'; part: string; after: string | null }
  | { op: 'remove'; part: string }

export interface Edited {
  merged: boolean
  parts: string[]
  plan: Plan
}

export interface Stepped {
  plan: Plan
  briefing: string
}

/** A part that two people changed: as both had seen it, as it is, as was wanted. */
export interface Conflict {
  part: string
  base: unknown
  theirs: unknown
  mine: unknown
}

export interface Clash {
  kind: 'site' | 'mcu'
  what: string
  name: string
  meeting: string
  title: string
  starts: string
  ends: string
  text: string
}

interface Rule {
  key: string
  name: string
  name_en: string
}

export interface MeetingKind extends Rule {
  reach: 'tree' | 'subtree'
  host_levels: string[]
  urgent: boolean
}

export interface Party extends Rule {
  stands_for: string
}

export interface FailureCase extends Rule {
  required: boolean
}

export interface LeadTime extends Rule {
  days: number
  source: string
}

/** A task that a responsibility table may begin with; `name` is its text. */
export interface ModelDuty extends Rule {
  phase: Phase
  parties: string[]
  who: string
  days: number | null
  minutes: number | null
  at_latest: boolean
  source: string
}

export interface Rules {
  kinds: MeetingKind[]
  parties: Party[]
  cases: FailureCase[]
  leads: LeadTime[]
  duties: ModelDuty[]
  layouts: Record<string, string>
  roles: Role[]
  pick_kinds: PickKind[]
  cue_kinds: CueKind[]
  phases: Phase[]
}
