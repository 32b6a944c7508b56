/** What the office's API answers about a plan; a test holds these types against it. */

import type { Role, Signed, Standing } from './types'

export interface Reply {
  coming: boolean
  delegates: string[]
  note: string
  by: Signed
}

/** A unit that takes part, and what it answered. */
export interface Invited {
  unit: string
  name: string
  level: string
  role: Role
  site: string | null
  reply: Reply | null
  may_answer: boolean
}

export interface Attendance {
  total: number
  coming: number
  not_coming: number
  units: Invited[]
}

/** A lead time and how it stands today. */
export interface Deadline {
  key: string
  name: string
  name_en: string
  source: string
  days: number
  due: string
  done: string | null
  standing: Standing
}

export interface Template {
  id: string
  name: string
  host: string
  kind: string
  cues: number
  made: Signed
}

/** One field before and after. */
export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

/** What became of a part between two versions. */
export interface PartChange {
  part: string
  kind: 'added' | 'removed' | 'changed' | 'moved'
  label: string
  moved: boolean
  fields: FieldChange[]
}

/** One revision: what was done (`edit`, `create`, or a step), by whom, to which parts. */
export interface Written {
  revision: number
  step: string
  note: string
  by: Signed
  parts: string[]
}

/** A cell of a picture, in shares of its width and height. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
  role: string
  site: string
  name: string
}

export interface Picture {
  layout: string
  title: string
  boxes: Box[]
  pages: number
  dwell_s: number
}

/** What every site will see at a time; `speaker`: what the speaker sees instead. */
export interface Sight {
  cue: string
  turn: number | null
  program: Picture
  speaker: Picture | null
}
