/** What needs a technician, looked at once a second. */

import { computed, onScopeDispose, shallowRef } from 'vue'

import type { Conference } from '../conference/useConference'
import { ALARM_WEIGHT, TroubleWatch, type Trouble } from './trouble'

const LOOK_MS = 1000
const MINUTE_MS = 60_000

/** The troubles, and for how many minutes each is there; new only when something of it changed. */
export function useTrouble({ roster, welcome }: Conference) {
  const watch = new TroubleWatch()
  const troubles = shallowRef<readonly (Trouble & { minutes: number })[]>([])
  let seen = ''

  function look(): void {
    const nowMs = Date.now()
    const asksHere = welcome.value?.role === 'operator'
    const found = watch.rank(roster.rows(), nowMs, asksHere).map((trouble) => ({
      ...trouble,
      minutes: Math.floor((nowMs - trouble.sinceMs) / MINUTE_MS),
    }))
    const sign = found
      .map(({ row, kind, weight, minutes }) => `${row.site} ${kind} ${Math.round(weight)} ${minutes}`)
      .join()
    if (sign === seen) return
    seen = sign
    troubles.value = found
  }

  const timer = setInterval(look, LOOK_MS)
  onScopeDispose(() => clearInterval(timer))

  const alarms = computed(() => troubles.value.filter(({ weight }) => weight >= ALARM_WEIGHT).length)
  /** The place of each site among the troubles, worst 0. */
  const places = computed(() => new Map(troubles.value.map(({ row }, place) => [row.site, place])))
  return { troubles, alarms, places }
}
