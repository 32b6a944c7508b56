/** Who is signed in, asked once for all parts of the page. */

import { computed, readonly, shallowRef } from 'vue'

import { ask, OfficeError } from '../device/office'
import type { Me } from './types'

/** undefined: not asked yet; null: nobody. */
const known = shallowRef<Me | null | undefined>(undefined)

export const me = readonly(known)
export const account = computed(() => (known.value?.stage === 'in' ? known.value.account : null))

/** Ask who is signed in; null: nobody, or the office can't be reached. */
export async function askMe(): Promise<Me | null> {
  try {
    known.value = await ask<Me>('GET', '/me')
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
    known.value = null
  }
  return known.value
}

export function setMe(next: Me | null): void {
  known.value = next
}

export async function signOut(): Promise<void> {
  try {
    await ask('POST', '/sign-out')
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
    if (error.status !== 401) throw error
  }
  known.value = null
}
