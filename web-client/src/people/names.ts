/** Names of units and roles that pages know by their ids, asked once each. */

import { reactive, shallowRef } from 'vue'

import { ask, OfficeError } from '../device/office'
import type { RoleRow } from './types'

const units = reactive(new Map<string, string>())
const roles = shallowRef<readonly RoleRow[]>([])
let asked = false

/** A unit's name; its id until the name has come. */
export function unitName(id: string): string {
  const name = units.get(id)
  if (name !== undefined) return name
  // Marked before it is asked, outside of the render that reads it.
  queueMicrotask(() => void learn(id))
  return '…'
}

async function learn(id: string): Promise<void> {
  if (units.has(id)) return
  units.set(id, '…')
  try {
    const found = await ask<{ unit: { display_name: string } | null; versions: { name: string }[] }>(
      'GET',
      `/units/${encodeURIComponent(id)}`,
    )
    units.set(id, found.unit?.display_name ?? found.versions.at(-1)?.name ?? id)
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
    units.set(id, id)
  }
}

/** All roles, empty until they have come. */
export function allRoles(): readonly RoleRow[] {
  if (!asked) {
    asked = true
    queueMicrotask(() => void learnRoles())
  }
  return roles.value
}

async function learnRoles(): Promise<void> {
  try {
    roles.value = await ask<RoleRow[]>('GET', '/roles')
  } catch (error) {
    if (!(error instanceof OfficeError)) throw error
    asked = false
  }
}

/** What a page calls a role. */
export function roleName(role: string, language: string): string {
  const found = allRoles().find((one) => one.role === role)
  return found ? (language === 'en' ? found.en : found.vi) : '…'
}
