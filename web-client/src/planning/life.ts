/** The steps of a meeting's life, as docs/PROTOCOL.md and the office's policy have them. Pure. */

import type { Step } from './types'

/** The most likely one first. */
export const STEP_ORDER: readonly Step[] = ['approve', 'submit', 'start', 'end', 'revise', 'send_back', 'discard', 'cancel']

const DEEDS: Readonly<Record<Step, string>> = {
  submit: 'meetings.change',
  revise: 'meetings.change',
  discard: 'meetings.change',
  cancel: 'meetings.change',
  send_back: 'meetings.approve',
  approve: 'meetings.approve',
  start: 'meetings.run',
  end: 'meetings.run',
}

/** Which deed a step is, by which the office allows it. */
export function deedOf(step: Step): string {
  return DEEDS[step]
}
