/** What stands beside a plan (duties, calls, load, files): asked when its tab is opened and when the plan changes. */

import { onActivated, onDeactivated, ref, shallowRef, watch } from 'vue'

import type { DrillEvidence } from '../drill/types'
import { askPlanning, meetingPath, PlanningError } from './api'
import type { Calls, Duty, Forecast, PaperRow } from './types.beside'
import { usePlanPage } from './usePlan'

export function useBeside<T>(load: (meeting: string) => Promise<T>) {
  const { id, plan } = usePlanPage()
  const value = shallowRef<T | null>(null)
  const failed = ref(false)
  let shown = true
  let asked = 0

  async function reload(): Promise<void> {
    const mine = ++asked
    try {
      const found = await load(id)
      if (mine !== asked) return
      value.value = found
      failed.value = false
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      failed.value = true
    }
  }

  watch(
    () => [plan.value?.revision, plan.value?.edition],
    () => {
      if (shown) void reload()
    },
    { immediate: true },
  )
  onActivated(() => {
    if (!shown) void reload()
    shown = true
  })
  onDeactivated(() => (shown = false))
  return { value, failed, reload }
}

export const fetchDuties = (meeting: string): Promise<Duty[]> => askPlanning('GET', meetingPath(meeting, '/duties'))
export const fetchCalls = (meeting: string): Promise<Calls[]> => askPlanning('GET', meetingPath(meeting, '/calls'))
export const fetchForecast = (meeting: string): Promise<Forecast> => askPlanning('GET', meetingPath(meeting, '/forecast'))
export const fetchDrills = (meeting: string): Promise<DrillEvidence[]> => askPlanning('GET', meetingPath(meeting, '/drills'))
export const fetchPapers = (meeting: string): Promise<PaperRow[]> => askPlanning('GET', meetingPath(meeting, '/papers'))

/** Check a task off, or take that back; `unit`: for its own part. */
export async function checkTask(meeting: string, task: string, done: boolean, unit = ''): Promise<void> {
  await askPlanning('PUT', meetingPath(meeting, `/duties/${encodeURIComponent(task)}/check`), { body: { done, unit } })
}
