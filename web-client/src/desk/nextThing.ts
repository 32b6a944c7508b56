/** The one next right thing for the chair to press. Pure. */

import type { Command, SiteName } from '../signalling/protocol'
import type { Scenario } from '../signalling/scenario'
import { nameOf, runningCue } from './scenario'

export interface NextThing {
  key:
    | 'next.give'
    | 'next.take'
    | 'next.admit'
    | 'next.begin'
    | 'next.cue'
    | 'next.end'
    | 'next.arrived'
    | 'next.putOff'
  name: string
  command: Command
}

export interface Situation {
  /** In the order in which they asked. */
  hands: readonly SiteName[]
  floor: readonly SiteName[]
  waiting: readonly SiteName[]
  scenario?: Scenario | null
  /** Who is here, with names. */
  present?: ReadonlyMap<string, string>
  chairSite?: string
}

/**
 * The scenario leads where there is one; else: first in the queue first, then whoever has the
 * floor is thanked, then the door is answered.
 */
export function nextThing(now: Situation): NextThing | null {
  const led = now.scenario ? nextOfScenario(now.scenario, now) : null
  if (led) return led
  const { hands, floor, waiting } = now
  const [asks] = hands
  if (asks) return give(asks)
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

/** The step that "next" would begin, or the end; null: the scenario does not lead now. */
export function cueNext(scenario: Scenario, chairSite: string): NextThing | null {
  if (scenario.over || scenario.cues.length === 0) return null
  const command: Command = { type: 'cue_next', seen: scenario.revision }
  if (scenario.following === null) {
    return scenario.at === null ? null : { key: 'next.end', name: '', command }
  }
  const name = nameOf(scenario, scenario.following, chairSite)
  return { key: scenario.at === null ? 'next.begin' : 'next.cue', name, command }
}

function nextOfScenario(scenario: Scenario, now: Situation): NextThing | null {
  const chairSite = now.chairSite ?? ''
  const { awaited } = scenario
  if (awaited !== null) {
    const name = now.present?.get(awaited)
    if (name !== undefined) return { ...give({ site: awaited, name }), key: 'next.arrived' }
    if (scenario.following !== null) {
      const after = nameOf(scenario, scenario.following, chairSite)
      const command: Command = { type: 'cue_put_off', seen: scenario.revision }
      return { key: 'next.putOff', name: after, command }
    }
  }
  const [asks] = now.hands
  if (asks && runningCue(scenario)?.kind === 'discussion') return give(asks)
  return cueNext(scenario, chairSite)
}

function give({ site, name }: SiteName): NextThing {
  return { key: 'next.give', name, command: { type: 'give_floor', site } }
}
