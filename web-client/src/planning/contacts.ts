/** Whom to call in a unit: read and written whole, by revision. */

import { OfficeError } from '../device/office'
import { askPlanning, PlanningError } from './api'
import type { Contact } from './types.beside'

/** As the office takes it: digits with what people write between them, or three digits ("114"). */
export const PHONE = /^(\+?[0-9][0-9 ().-]{1,28}[0-9]|[0-9]{3})$/

const path = (unit: string): string => `/units/${encodeURIComponent(unit)}/contacts`

export async function fetchContacts(unit: string): Promise<{ revision: number; contacts: Contact[] }> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path(unit)}`, { cache: 'no-store' })
  } catch {
    throw new PlanningError(0, {})
  }
  if (!answer.ok) throw new PlanningError(answer.status, {})
  const { contacts } = (await answer.json()) as { contacts: Contact[] }
  return { revision: revisionOf(answer.headers.get('etag')), contacts }
}

/** Write them where `seen` is what is kept; returns the new revision. */
export async function keepContacts(unit: string, contacts: readonly Contact[], seen: number): Promise<number> {
  await askPlanning('PUT', path(unit), { seen, body: { contacts } })
  return (await fetchContacts(unit)).revision
}

function revisionOf(tag: string | null): number {
  const number = Number(tag?.replace(/^W\//, '').replace(/"/g, ''))
  if (!Number.isInteger(number)) throw new OfficeError(0, 'no revision')
  return number
}
