/** The roll call as the MCU tells it, and what pages may say about it (`docs/PROTOCOL.md`). */

export type Standing = 'pending' | 'missing' | 'doubtful' | 'seen' | 'confirmed'
export type Doubt = 'no_picture' | 'frozen' | 'repeated' | 'no_sound'

export interface RollLine {
  site: string
  standing: Standing
  doubts: Doubt[]
  pressed_ms: number
  confirmed_ms: number
  confirmed_by: string
  /** Whom to ring up: a name and a telephone number; '' where nobody said. */
  call: string
}

export interface Roll {
  type: 'roll'
  /** 0: no roll was called yet. */
  number: number
  running: boolean
  began_ms: number
  ended_ms: number
  present: number
  called: number
  sites: RollLine[]
}

/** A room's own line. */
export interface RollOfRoom {
  number: number
  running: boolean
  standing: Standing
  doubts: Doubt[]
  pressed: boolean
}

export type RollCommand =
  | { type: 'call_roll'; again?: boolean }
  | { type: 'stop_roll' }
  | { type: 'here' }
  | { type: 'confirm_here'; site: string; on?: boolean }

/** Return the lines that a person has to look after, the missing before the doubtful. */
export function openLines(roll: Roll): RollLine[] {
  const missing = roll.sites.filter((line) => line.standing === 'missing')
  return [...missing, ...roll.sites.filter((line) => line.standing === 'doubtful')]
}
