/** The line that is down, in the page's language; empty while none is. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { cutNotice, withinSentence } from '../conference/cutoff'
import type { useConference } from '../conference/useConference'

type Heard = Pick<ReturnType<typeof useConference>, 'welcome' | 'cut'>

export function useCutNotice(conference: Heard): ComputedRef<string> {
  const { t, locale } = useI18n()
  const named = (name: string): string => (locale.value === 'vi' ? withinSentence(name) : name)
  return computed(() => {
    const notice = cutNotice(conference.welcome.value?.conference ?? null, conference.cut.value)
    if (notice === null) return ''
    return t(`cut.${notice.word}`, { source: named(notice.source), name: named(notice.name) })
  })
}
