/** The one next right thing for the chair to press. Pure. */

import type { Command, SiteName } from '../signalling/protocol'

export interface NextThing {
  key: 'next.give' | 'next.take' | 'next.admit'
  name: string
  command: Command
}

export interface Situation {
  /** In the order in which they asked. */
  hands: readonly SiteName[]
  floor: readonly SiteName[]
  waiting: readonly SiteName[]
}

/** First in the queue first; then whoever has the floor is thanked; then the door is answered. */
export function nextThing({ hands, floor, waiting }: Situation): NextThing | null {
  const [asks] = hands
  if (asks) {
    return { key: 'next.give', name: asks.name, command: { type: 'give_floor', site: asks.site } }
  }
  if (floor.length > 0) {
    const name = floor.map((site) => site.name).join(' · ')
    return { key: 'next.take', name, command: { type: 'take_floor' } }
  }
  const [waits] = waiting
  if (waits) {
    return { key: 'next.admit', name: waits.name, command: { type: 'admit', site: waits.site } }
  }
  return null
}
