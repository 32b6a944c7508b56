/** What a console knows of a rehearsal's drills: what can be drilled, and what has come of each. */

import { shallowRef } from 'vue'

import type { Drill, DrillGround } from '../signalling/drill'
import type { ServerMessage } from '../signalling/protocol'

export function useDrills() {
  /** Null outside a rehearsal. */
  const ground = shallowRef<DrillGround | null>(null)
  /** The newest first. */
  const results = shallowRef<readonly Drill[]>([])

  function handle(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        // The MCU tells all of it anew.
        ground.value = null
        break
      case 'drill_ground':
        ground.value = message
        break
      case 'drill_result':
        results.value = [message, ...results.value.filter(({ drill }) => drill !== message.drill)].sort(
          (one, other) => other.drill - one.drill,
        )
        break
    }
  }

  return { ground, results, handle }
}
