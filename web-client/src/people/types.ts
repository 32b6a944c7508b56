/** People as the office's API gives them. */

export type Stage = 'code' | 'enrol' | 'renew' | 'in'

export interface Grant {
  id: string
  role: string
  unit: string | null
  meeting: string | null
  valid_from: string | null
  valid_to: string | null
}

export interface Account {
  id: string
  login: string
  name: string
  unit: string | null
  /** Whose staff, where that is a company; a telecom operator sees its lines only. */
  company: string
  disabled: boolean
  second_factor: boolean
  created: string
  grants: Grant[]
}

export interface Me {
  account: Account
  stage: Stage
}

export interface Enrolled extends Me {
  recovery_codes: string[]
}

export interface Offer {
  secret: string
  uri: string
}

export interface SessionRow {
  id: string
  created: string
  seen: string
  address: string
  agent: string
  stage: Stage
  here: boolean
}

export interface RoleRow {
  role: string
  vi: string
  en: string
}
