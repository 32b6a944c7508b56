/** What the MCU has told this page, as reactive state. */

import { ref, shallowRef } from 'vue'

import {
  QUIET,
  type Branches,
  type ConferenceState,
  type Cut,
  type McuLoad,
  type Move,
  type ServerMessage,
  type SiteName,
  type Upstream,
  type Welcome,
} from '../signalling/protocol'
import type { Roll } from '../signalling/roll'
import type { Scenario } from '../signalling/scenario'
import type { Vote } from '../signalling/vote'
import { useRoster } from './useRoster'

export function useHeard() {
  const welcome = shallowRef<Welcome | null>(null)
  const state = shallowRef<ConferenceState | null>(null)
  const upstream = shallowRef<Upstream>(QUIET)
  const scenario = shallowRef<Scenario | null>(null)
  const votes = shallowRef<readonly Vote[]>([])
  const roll = shallowRef<Roll | null>(null)
  /** Where this page belongs, while that is not here. */
  const move = shallowRef<Move | null>(null)
  const branches = shallowRef<Branches | null>(null)
  /** The line of this page's MCU that is down. */
  const cut = shallowRef<Cut | null>(null)
  const mcus = shallowRef<readonly McuLoad[]>([])
  const participants = shallowRef<readonly SiteName[]>([])
  /** The MCU's clock minus ours, ms. */
  const clockAheadMs = ref(0)
  const roster = useRoster()

  /** `changed`: it is the same meeting at another MCU; what was known stands until it is told anew. */
  function handle(message: ServerMessage, changed: boolean): void {
    roster.handle(message)
    switch (message.type) {
      case 'welcome':
        if (!changed) forget()
        upstream.value = QUIET
        cut.value = null
        clockAheadMs.value = message.wall_ms - Date.now()
        welcome.value = message
        break
      case 'participants':
        participants.value = message.sites
        break
      case 'state':
        state.value = message
        break
      case 'upstream':
        upstream.value = message
        break
      case 'scenario':
        scenario.value = message
        break
      case 'votes':
        votes.value = message.votes
        break
      case 'roll':
        roll.value = message
        break
      case 'move':
        move.value = message
        break
      case 'branches':
        branches.value = message
        break
      case 'cut':
        cut.value = message.cut ? message : null
        break
      case 'mcu':
        mcus.value = message.mcus
        break
    }
  }

  function forget(): void {
    participants.value = []
    scenario.value = null
    votes.value = []
    roll.value = null
    move.value = null
    branches.value = null
  }

  return {
    welcome,
    state,
    upstream,
    scenario,
    votes,
    roll,
    move,
    branches,
    cut,
    mcus,
    participants,
    clockAheadMs,
    roster,
    handle,
  }
}
