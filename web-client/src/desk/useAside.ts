/** What stands beside the wall: nothing, one site, a layout to look at, or a rehearsal's drills. */

import { computed, ref } from 'vue'

import type { Conference } from '../conference/useConference'

type Mode = 'closed' | 'site' | 'preview' | 'drill'

/** A layout for a few sites that are chosen one after another. */
const FIRST_LAYOUT = '2x2'

export function useAside({ roster, welcome }: Conference) {
  const mode = ref<Mode>('closed')
  const site = ref<string | null>(null)
  const layout = ref(FIRST_LAYOUT)
  const preview = ref<readonly string[]>([])

  /** The chosen site's newest row; it is drawn anew with its level. */
  const row = computed(() => {
    if (site.value === null || roster.list.value.length === 0) return null
    return roster.cell(site.value)?.value ?? null
  })
  const cells = computed(
    () => welcome.value?.layouts.find(({ name }) => name === layout.value)?.cells ?? 1,
  )
  /** What the view of one's own shall show; null: there is nothing to look at. */
  const look = computed(() => {
    if (mode.value === 'preview') {
      return { layout: layout.value, sites: preview.value.slice(0, cells.value) }
    }
    if (mode.value === 'site' && row.value !== null && row.value.state === 'present') {
      return { layout: 'speaker', sites: [row.value.site] }
    }
    return null
  })
  const chosen = computed<ReadonlySet<string>>(() => {
    if (mode.value === 'preview') return new Set(preview.value)
    return new Set(mode.value === 'site' && site.value !== null ? [site.value] : [])
  })

  function open(which: string): void {
    site.value = which
    mode.value = 'site'
  }

  function close(): void {
    mode.value = 'closed'
    site.value = null
  }

  function togglePreview(): void {
    if (mode.value === 'preview') close()
    else mode.value = 'preview'
  }

  function toggleDrill(): void {
    if (mode.value === 'drill') close()
    else mode.value = 'drill'
  }

  /** A tile was pressed: a site to look at, or one more or less in the layout. */
  function press(which: string): void {
    if (mode.value !== 'preview') {
      if (site.value === which) close()
      else open(which)
    } else if (preview.value.includes(which)) {
      preview.value = preview.value.filter((other) => other !== which)
    } else {
      preview.value = [...preview.value, which].slice(-cells.value)
    }
  }

  return { mode, site, layout, preview, row, look, chosen, open, close, togglePreview, toggleDrill, press }
}
