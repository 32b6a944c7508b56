/** Drills in words and figures, the same on the console and in the planning pages. */

import { useI18n } from 'vue-i18n'

import type { Drill, DrillRow } from '../signalling/drill'

const NONE = '–'

/** What a goal came to: met, missed, or not known yet. */
export type Outcome = 'met' | 'missed' | 'open'

export function outcome(met: boolean | null): Outcome {
  return met === null ? 'open' : met ? 'met' : 'missed'
}

export function useDrillWords() {
  const { t, n } = useI18n()

  /** "0,38": seconds, as an office writes them. */
  function seconds(ms: number | null): string {
    return ms === null ? NONE : n(ms / 1000, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  }

  /** "0,4": a goal is given in tenths. */
  function goal(drill: Drill): string {
    return n(drill.goal_ms / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  }

  function deed(drill: Drill, title = drill.mcu): string {
    return t(`drill.deed.${drill.kind}`, { mcu: title })
  }

  /** A site's own verdict: of others it is enough that nothing was missing. */
  function verdict(row: DrillRow): string {
    if (row.met === null) return t('drill.silent')
    if (row.met && !row.struck) return t('drill.untouched')
    return t(`drill.outcome.${outcome(row.met)}`)
  }

  return { seconds, goal, deed, verdict }
}
