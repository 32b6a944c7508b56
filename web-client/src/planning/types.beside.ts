/** What stands beside a plan, as the office's API gives it: duties, calls, load, files; a test holds it. */

import type { Signed } from './types'

/** Somebody to call. */
export interface Contact {
  name: string
  duty: string
  phone: string
  email: string
  parties: string[]
}

export interface DutyContact {
  unit: string
  name: string
  contacts: Contact[]
}

export interface DutyCheck {
  unit: string
  by: Signed
}

/** A row of the responsibility table, ready to be shown. */
export interface Duty {
  task: string
  phase: string
  text: string
  who: string
  parties: string[]
  day: string | null
  begins: string | null
  ends: string | null
  at_latest: boolean
  units: DutyContact[]
  more: number
  checks: DutyCheck[]
}

/** Whom to call for a party. */
export interface Calls {
  party: string
  units: DutyContact[]
  more: number
}

export type Verdict = 'carries' | 'degrades_to_360p' | 'cannot'

export interface Loss {
  verdict: Verdict
  by: string
  cores: number
  line_bps: number
}

export interface McuForecast {
  name: string
  title: string
  root: boolean
  spare: boolean
  sites: number
  other_sites: number
  max_sites: number
  cores: number
  has_cores: number
  line_bps: number
  has_line_bps: number
  fits: boolean
  lost: Loss
}

export interface TrunkForecast {
  leaf: string
  root: string
  down_bps: number
  up_bps: number
  fits: boolean
  lost: Loss
}

export interface Forecast {
  mcus: McuForecast[]
  trunks: TrunkForecast[]
}

export interface PaperFile {
  sha256: string
  size: number
  pages: number
  name: string
  uploaded: Signed
  approved: Signed | null
}

/** A paper with its file; `rooms` is how many rooms have it. */
export interface PaperRow {
  id: string
  title: string
  by: string
  restricted: boolean
  file: PaperFile | null
  rooms: number
}

export interface PaperRoom {
  site: string
  name: string
  others: number
  parent: string
  at: string | null
}
