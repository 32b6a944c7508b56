/** The way back: how long the last command can be taken back, and what it said. Pure. */

import type { Command } from '../signalling/protocol'

/** Seconds left, whole and counted down to 1; 0 when there is nothing to take back. */
export function secondsLeft(undoMs: number, mcuNowMs: number): number {
  return undoMs === 0 ? 0 : Math.max(0, Math.ceil((undoMs - mcuNowMs) / 1000))
}

/** A sentence of the dictionaries and what goes into it. */
export interface Sentence {
  key: string
  name?: string
}

/** What a command did, as the key of a sentence in the past tense; null: nothing to take back. */
export function doneSentence(command: Command, nameOf: (site: string) => string): Sentence | null {
  switch (command.type) {
    case 'give_floor':
      return { key: command.beside ? 'done.beside' : 'done.give', name: nameOf(command.site) }
    case 'take_floor':
      return command.site === undefined
        ? { key: 'done.takeAll' }
        : { key: 'done.take', name: nameOf(command.site) }
    case 'mute':
    case 'lower_hand':
    case 'admit':
      return { key: `done.${command.type}`, name: nameOf(command.site) }
    case 'remove':
    case 'restore':
      return { key: `done.${command.type}`, name: nameOf(command.site) }
    case 'lock':
      return { key: command.on ? 'done.lock' : 'done.unlock' }
    case 'layout':
      return { key: 'done.layout', name: command.layout }
    case 'mute_all':
      return { key: command.locked ? 'done.muteAndLock' : 'done.muteAll' }
    case 'stop_content':
      return { key: 'done.stopContent' }
    case 'hands_via_parent':
      return { key: command.on ? 'done.viaParent' : 'done.direct' }
    case 'doors':
      return { key: command.ask ? 'done.doorsAsk' : 'done.doorsOpen' }
    case 'cue_skip':
      return { key: command.on === false ? 'done.cue_unskip' : 'done.cue_skip' }
    case 'vote_open':
    case 'vote_close':
    case 'vote_show':
    case 'cue_next':
    case 'cue_back':
    case 'cue_put_off':
    case 'cue_move':
    case 'cue_extend':
    case 'cue_insert':
    case 'merge':
      return { key: `done.${command.type}` }
    default:
      return null
  }
}
