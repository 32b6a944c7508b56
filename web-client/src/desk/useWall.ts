/** The wall's wishes and groups, and the still pictures that it needs. */

import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

import { SIZES, type SizeName } from './sizes'
import { byDistrict } from '../conference/districts'
import type { Conference } from '../conference/useConference'
import { EVERYTHING, passes, STATES, wallGroups, type Places, type WallWish } from './wallFilter'

/** Whoever scrolls does not want the pictures of what flies by. */
const SETTLE_MS = 250
const KEY = 'nhipcau.tiles'

export function useWall(
  { roster, joined, welcome, watchStills }: Conference,
  places: Readonly<Ref<Places>>,
  troubleName: () => string,
) {
  const wish = shallowRef<WallWish>(EVERYTHING)
  const kept = localStorage.getItem(KEY)
  const size = ref<SizeName>(kept !== null && kept in SIZES ? (kept as SizeName) : 'fit')
  const groups = computed(() =>
    wallGroups(roster.list.value, wish.value, placesThatMatter.value, troubleName()),
  )
  /** The order of troubles counts only where it is shown. */
  const placesThatMatter = computed(() =>
    wish.value.sort === 'trouble' || wish.value.state === 'trouble' ? places.value : NOBODY,
  )
  const districts = computed(() => byDistrict(roster.list.value))
  const levels = computed(() => [...new Set(roster.list.value.map(({ level }) => level))])
  const counts = computed(() => {
    const rows = roster.list.value
    return Object.fromEntries(
      STATES.map((name) => [name, rows.filter((row) => passes(row, name, places.value)).length]),
    )
  })

  let visible: string[] = []
  let others: string[] = []
  let watched = ''
  let timer: ReturnType<typeof setTimeout> | undefined

  function show(sites: string[]): void {
    visible = sites
    clearTimeout(timer)
    timer = setTimeout(ask, SETTLE_MS)
  }

  /** Sites whose pictures are shown beside the wall. */
  function showToo(sites: string[]): void {
    others = sites
    ask()
  }

  function ask(): void {
    const sites = [...new Set([...visible, ...others])]
    const sign = sites.join()
    if (sign !== watched && joined.value && watchStills(sites)) watched = sign
  }

  // Each new connection has to be told again.
  watch([joined, welcome], () => {
    watched = ''
    ask()
  })
  watch(size, (name) => localStorage.setItem(KEY, name))
  onScopeDispose(() => clearTimeout(timer))
  return { wish, size, groups, districts, levels, counts, show, showToo }
}

const NOBODY: Places = new Map()
