/** One deed at a time: busy while it runs, a sentence when it fails. */

import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { OfficeError } from '../device/office'

export interface Attempt {
  busy: Ref<boolean>
  /** What went wrong, for a person; empty when nothing did. */
  problem: Ref<string>
  attempt: (work: () => Promise<void>) => Promise<boolean>
}

/** `words` names the deed: `fault.<words>.<status>` is looked for first, then `fault.any.<status>`. */
export function useAttempt(words: string): Attempt {
  const { t, te } = useI18n()
  const busy = ref(false)
  const problem = ref('')

  function sentence(error: OfficeError): string {
    if (error.status === 429 && error.retryS !== null) return t('fault.wait', { n: error.retryS })
    const keys = [`fault.${words}.s${error.status}`, `fault.any.s${error.status}`]
    return t(keys.find((key) => te(key)) ?? 'fault.any.other')
  }

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = ''
    try {
      await work()
      return true
    } catch (error) {
      if (!(error instanceof OfficeError)) throw error
      problem.value = sentence(error)
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, problem, attempt }
}
