/** Votes and text cues as the MCU tells them, and what may be asked (`docs/PROTOCOL.md`). */

/** The vote on the screens, as one site is told of it. */
export interface VoteNow {
  vote: string
  question: string
  answers: string[]
  closed: boolean
  cast: number
  delegations: number
  /** By answer; empty until it is closed. */
  counts: number[]
  mine: number | null
  /** This site is asked. */
  may: boolean
}

export interface Delegation {
  site: string
  name: string
  answer: number | null
  /** Somebody else wrote it down. */
  told: boolean
}

export interface Vote {
  vote: string
  cue: string
  question: string
  answers: string[]
  opened_ms: number
  closed_ms: number | null
  counts: number[]
  delegations: Delegation[]
}

export interface PromptNow {
  number: number
  text: string
  by: string
  until_ms: number
}

export type VoteCommand =
  | { type: 'vote_open'; question: string; answers: string[]; delegations: string[] }
  | { type: 'vote_cast'; vote: string; answer: number }
  | { type: 'vote_record'; vote: string; site: string; answer: number }
  | { type: 'vote_close'; vote: string }
  | { type: 'vote_show'; vote?: string }
  | { type: 'prompt'; text: string; site?: string; subtree?: boolean; shown_s?: number }
