/** Where somebody goes after signing in. Pure. */

import type { Account } from './types'

const AWAY = 'https://nowhere.invalid'

/** The page that was asked for before signing in: a path of this origin, or null. */
export function safeNext(search: string): string | null {
  const next = new URLSearchParams(search).get('next')
  if (next === null || !next.startsWith('/') || next.startsWith('/sign-in')) return null
  const url = new URL(next, AWAY)
  return url.origin === AWAY ? url.pathname + url.search : null
}

/** The page of an account's own work. */
export function homeOf(account: Account): string {
  const roles = new Set(account.grants.map(({ role }) => role))
  if (roles.has('administrator')) return '/admin'
  if (roles.has('auditor')) return '/audit'
  if (roles.has('secretary')) return '/meetings'
  return '/'
}

/** The address of the sign-in that leads back here. */
export function signInAt(path: string): string {
  return path === '/' || path === '' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`
}

/** The units whose subtrees an account administers; null among them: the whole tree. */
export function administered(account: Account, now: number): (string | null)[] {
  const units = account.grants.filter((one) => one.role === 'administrator' && holds(one, now)).map(({ unit }) => unit)
  return units.includes(null) ? [null] : [...new Set(units)]
}

/** Whether a grant is in force. */
export function holds(grant: { valid_from: string | null; valid_to: string | null }, now: number): boolean {
  const from = grant.valid_from === null || Date.parse(grant.valid_from) <= now
  return from && (grant.valid_to === null || now < Date.parse(grant.valid_to))
}
