/** What a cue is before anything is written in it, and how it is said in one line. Pure. */

import type { Ballot, Cue, CueKind, Fields, Plan, Turn } from './types'

/** Minutes of a new item: the shortest that a speaker is given. */
const NEW_MINUTES = 5

export function emptyCue(): Fields<'cues'> {
  return {
    kind: 'item',
    title: '',
    at: null,
    minutes: NEW_MINUTES,
    turns: [],
    who: '',
    open_turns: 0,
    turn_minutes: null,
    layout: 'auto',
    picture: '',
    papers: [],
    note: '',
    split_level: '',
    ballot: null,
  }
}

export function emptyTurn(): Turn {
  return { unit: '', guest: '', speaker: '', minutes: null }
}

export function emptyBallot(answers: string[]): Ballot {
  return { question: '', answers, delegations: [] }
}

/** What else a cue needs when it becomes another kind. */
export function asKind(kind: CueKind, answers: string[], levels: readonly string[]): Partial<Fields<'cues'>> {
  switch (kind) {
    case 'vote':
      return { kind, ballot: emptyBallot(answers) }
    case 'split':
      return { kind, ballot: null, split_level: levels[0] ?? '' }
    case 'discussion':
      return { kind, ballot: null, open_turns: 10, turn_minutes: 2 }
    default:
      return { kind, ballot: null, split_level: '', open_turns: 0, turn_minutes: null }
  }
}

/** Who speaks, in one line: the speaker's words, with the site where they say something else. */
export function spokenBy(cue: Cue, plan: Plan, unitName: (unit: string) => string): string {
  if (cue.turns.length === 0) return cue.who
  return cue.turns
    .map(({ unit, guest, speaker }) => {
      const site = guest ? (plan.participants.find(({ id }) => id === guest)?.name ?? '') : unit ? unitName(unit) : ''
      return speaker && site && !speaker.includes(site) ? `${speaker} · ${site}` : speaker || site
    })
    .filter(Boolean)
    .join('; ')
}
