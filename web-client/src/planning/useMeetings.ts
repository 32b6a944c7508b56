/** The list of meetings, all that one may see of a state. */

import { ref, shallowRef, watch } from 'vue'

import { askPlanning, PlanningError } from './api'
import type { Head, Heads, State } from './types'

const PAGE = 100

export function useMeetings() {
  const meetings = shallowRef<readonly Head[] | null>(null)
  const state = ref<State | ''>('')
  const failed = shallowRef<PlanningError | null>(null)
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    const found: Head[] = []
    try {
      for (;;) {
        const chosen = state.value ? `&state=${state.value}` : ''
        const page = await askPlanning<Heads>('GET', `/meetings?limit=${PAGE}&offset=${found.length}${chosen}`)
        if (mine !== asked) return
        found.push(...page.meetings)
        meetings.value = [...found]
        failed.value = null
        if (page.meetings.length === 0 || found.length >= page.total) return
      }
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      if (mine === asked) failed.value = error
    }
  }

  watch(state, () => void load(), { immediate: true })
  return { meetings, state, failed, load }
}
