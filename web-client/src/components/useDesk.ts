/** What the chair's page and the console share: a viewer's part in the conference. */
import { computed, onMounted, watch } from 'vue'

import { readJoinLink, type Entry } from '../conference/joinLink'
import { useConference } from '../conference/useConference'
import { useCutNotice } from './useCutNotice'

/** `entry`: of a branch that the page was sent to. */
export function useDesk(title: () => string, entry?: Entry) {
  const join = readJoinLink(location.hash)
  const conference = useConference({ kind: 'viewer', ...join, credential: entry?.credential, mcu: entry?.mcu })
  const lost = computed(() => conference.welcome.value !== null && !conference.live.value)

  watch(
    [conference.welcome, title],
    ([welcome, words]) => {
      document.title = welcome ? `${words} · ${welcome.conference.title}` : words
    },
    { immediate: true },
  )
  onMounted(() => {
    if (join.token) conference.start()
  })
  const cutNotice = useCutNotice(conference)
  return { ...conference, conference, hasToken: join.token !== '', lost, cutNotice }
}
