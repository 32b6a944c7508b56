/** What is not written yet, kept in this tab: a reload or a new sign-in loses no word of it. */

import type { Pending, Trouble } from './pending'

export interface Kept {
  queue: Pending[]
  troubles: Trouble[]
}

const NOTHING: Kept = { queue: [], troubles: [] }

function key(who: string, meeting: string): string {
  return `nhipcau.plan.${who}.${meeting}`
}

export function keep(who: string, meeting: string, kept: Kept): void {
  try {
    if (kept.queue.length + kept.troubles.length === 0) sessionStorage.removeItem(key(who, meeting))
    else sessionStorage.setItem(key(who, meeting), JSON.stringify(kept))
  } catch {
    // A browser that keeps nothing still warns before the page is left.
  }
}

export function kept(who: string, meeting: string): Kept {
  try {
    return { ...NOTHING, ...(JSON.parse(sessionStorage.getItem(key(who, meeting)) ?? '{}') as Partial<Kept>) }
  } catch {
    return NOTHING
  }
}
