/** The levels of the tree on a day, and how many units each has. */

import { shallowRef, watch, type ShallowRef } from 'vue'

import { ask, OfficeError } from '../device/office'

export interface Level {
  key: string
  name: string
  rank: number
  units: number
}

export function useLevels(day: () => string): ShallowRef<readonly Level[]> {
  const levels = shallowRef<readonly Level[]>([])

  async function load(): Promise<void> {
    try {
      levels.value = await ask<Level[]>('GET', `/levels${day() ? `?as_of=${day()}` : ''}`)
    } catch (error) {
      if (!(error instanceof OfficeError)) throw error
    }
  }

  watch(day, () => void load(), { immediate: true })
  return levels
}
