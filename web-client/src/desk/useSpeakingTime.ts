/** How long each holder of the floor has had it, as this page saw it; a reload does not forget. */

import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'

import type { ConferenceState } from '../signalling/protocol'

const KEY = 'nhipcau.floor'

/** "3:07", or "1:02:07". */
export function asClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = Math.floor(seconds / 3600)
  if (hours > 0) parts.unshift(hours)
  return parts.map((part, n) => (n === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

function remembered(): Map<string, number> {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as [string, number][])
  } catch {
    return new Map()
  }
}

export function useSpeakingTime(state: Ref<ConferenceState | null>) {
  const beganMs = remembered()
  const nowMs = ref(Date.now())
  const timer = setInterval(() => (nowMs.value = Date.now()), 1000)

  watch(
    () => state.value?.floor,
    (floor) => {
      if (floor === undefined) return
      nowMs.value = Date.now()
      const held = new Set(floor.map(({ site }) => site))
      for (const site of [...beganMs.keys()]) if (!held.has(site)) beganMs.delete(site)
      for (const site of held) if (!beganMs.has(site)) beganMs.set(site, nowMs.value)
      sessionStorage.setItem(KEY, JSON.stringify([...beganMs]))
    },
    { immediate: true },
  )
  onScopeDispose(() => clearInterval(timer))

  return computed(() =>
    (state.value?.floor ?? []).map(({ site, name }) => ({
      site,
      name,
      clock: asClock(nowMs.value - (beganMs.get(site) ?? nowMs.value)),
    })),
  )
}
