/** What the chair's and the secretary's pages know of a meeting that is led from them. */
import { computed, ref, watch } from 'vue'

import { floorClocks } from '../desk/speaking'
import type { Show } from '../desk/tree'
import { useNow } from '../desk/useNow'
import { useSide } from '../desk/useSide'
import type { useDesk } from './useDesk'

export function useLeading({ conference, state, welcome, roster }: ReturnType<typeof useDesk>) {
  const { list } = roster
  const show = ref<Show>('present')
  /** What the left column shows; a page that is loaded anew shows the same. */
  const side = useSide()

  const waiting = computed(() => list.value.filter((row) => row.state === 'waiting'))
  const asked = computed(() => list.value.filter((row) => row.asked))
  const here = computed(() => list.value.filter((row) => row.present))
  const present = computed(() => new Map(here.value.map(({ site, name }) => [site, name])))
  const scenario = computed(() => conference.scenario.value)
  const nowMs = useNow(conference.clockAheadMs)
  const floor = computed(() => floorClocks(state.value?.floor ?? [], list.value, nowMs.value))
  const chairSite = computed(() => welcome.value?.conference.chair_site ?? '')

  /** Whoever waits is looked at before being let in; each new connection has to be told again. */
  const faces = computed(() => waiting.value.map(({ site }) => site).join())
  watch([faces, conference.joined, welcome], ([sites, joined]) => {
    if (joined) conference.watchStills(sites === '' ? [] : sites.split(','))
  })

  function showMissing(): void {
    side.value = 'sites'
    show.value = 'missing'
  }

  return { show, side, waiting, asked, here, present, scenario, nowMs, floor, chairSite, showMissing }
}
