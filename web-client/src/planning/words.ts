/** How planning's data is said on a page. */

import { useI18n } from 'vue-i18n'

import type { PlanProblem } from './types'
import { rowAt } from './parts'
import { usePlanPage } from './usePlan'

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}))?/

/** A local moment of the API, "2024-01-25T08:00:00", as an office writes it: "08:00, 25/01/2024". */
export function dayTime(moment: string | null): string {
  const found = moment?.match(MOMENT)
  if (!found) return ''
  const [, year, month, day, time] = found
  return `${time ? `${time}, ` : ''}${day}/${month}/${year}`
}

/** Only the day: "25/01/2024". */
export function dayOf(moment: string | null): string {
  return dayTime(moment?.slice(0, 10) ?? null)
}

/** What "25/01/2024" or "5/1/2024" means, as the API writes it; null: no such day. */
export function parsedDay(text: string): string | null {
  const found = text.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/)
  if (!found) return null
  const [day, month, year] = found.slice(1).map(Number) as [number, number, number]
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.toISOString().slice(0, 10) : null
}

/** What "8:00", "0800" or "8h30" means: "08:30"; null: no such time. */
export function parsedTime(text: string): string | null {
  const found = text.trim().match(/^(\d{1,2})\s*[:hHg.]\s*(\d{2})?$|^(\d{2})(\d{2})$/)
  if (!found) return null
  const hour = Number(found[1] ?? found[3])
  const minute = Number(found[2] ?? found[4] ?? 0)
  if (hour > 23 || minute > 59) return null
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** Problems as sentences in the page's language, and what a part is called. */
export function useProblemWords() {
  const { t, te, locale } = useI18n()
  const { plan } = usePlanPage()

  function text(problem: PlanProblem): string {
    const key = `plan.problem.${problem.code}`
    return locale.value !== 'vi' && te(key) ? t(key, problem.values) : problem.text
  }

  function place(part: string): string {
    const at = rowAt(part)
    if (at === null) {
      const field = part.slice('header/'.length)
      return te(`plan.field.${field}`) ? t(`plan.field.${field}`) : t(`plan.section.${part}`)
    }
    const index = plan.value?.[at.section].findIndex(({ id }) => id === at.id) ?? -1
    if (index < 0) return t(`plan.section.${at.section}`)
    return `${t(`plan.one.${at.section}`)} ${at.section === 'cues' ? index : index + 1}`
  }

  return { text, place }
}
