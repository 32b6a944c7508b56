/** The office's refusals in planning as sentences. */

import { useI18n } from 'vue-i18n'

import { PlanningError } from './api'

export function useStepWords() {
  const { t, te } = useI18n()

  function sentence(error: PlanningError): string {
    const known = `plan.refused.${error.code}`
    if (error.code && te(known)) return t(known, { n: error.problems.length || error.clashes.length })
    if (error.detail && error.code) return error.detail
    const key = `fault.any.s${error.status}`
    return t(te(key) ? key : 'fault.any.other')
  }

  /** Do something; returns the office's refusal, null when it went well. */
  async function failed(work: () => Promise<void>): Promise<PlanningError | null> {
    try {
      await work()
      return null
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error
      return error
    }
  }

  return { sentence, failed }
}
