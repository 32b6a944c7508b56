/** A meeting's report, asked again every few seconds while the meeting goes on. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { askPlanning, PlanningError } from '../planning/api'
import type { ReportOut } from './types'

const AGAIN_MS = 5000

export function reportPath(conference: string, rest = '', branch = ''): string {
  const query = branch ? `?branch=${encodeURIComponent(branch)}` : ''
  return `/reports/${encodeURIComponent(conference)}${rest}${query}`
}

export function useReport(conference: Ref<string>, branch: Ref<string>) {
  const said = shallowRef<ReportOut | null>(null)
  /** The status of the last refusal; 0: the office can't be reached; null: none. */
  const failed = ref<number | null>(null)
  let turn = 0
  let timer = 0

  async function look(): Promise<void> {
    const mine = ++turn
    window.clearTimeout(timer)
    try {
      const found = await askPlanning<ReportOut>('GET', reportPath(conference.value, '', branch.value))
      if (mine !== turn) return
      said.value = found
      failed.value = null
      if (!found.report.over) timer = window.setTimeout(() => void look(), AGAIN_MS)
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      if (mine !== turn) return
      failed.value = error.status
      // The first events may be on their way, or the office is away for a moment.
      if (error.status === 404 || error.status === 0) timer = window.setTimeout(() => void look(), AGAIN_MS)
    }
  }

  watch([conference, branch], () => {
    said.value = null
    void look()
  })
  onScopeDispose(() => {
    turn += 1
    window.clearTimeout(timer)
  })
  void look()
  return { said, failed, look }
}
