/**
 * Changes that the office does not have yet, and what becomes of them when others wrote meanwhile. Pure.
 *
 *     what I saw (base) ─┬─ mine ──────────┐
 *                        └─ theirs (plan) ─┴─▶ other fields: both; the same field: a trouble with both
 */

import { placeAt, rowAt, same, valueAt } from './parts'
import type { Change, Plan } from './types'

/** A change, and the part as it was when it was made: its value (undefined: it was not there), its place. */
export interface Pending {
  change: Change
  base: unknown
  place: string
}

/**
 * A change that was not written.
 *
 * conflict: others changed the same; refused: the office says why not; late: the plan was approved
 * since; frozen: it can't be written now.
 */
export interface Trouble {
  part: string
  kind: 'conflict' | 'refused' | 'late' | 'frozen'
  change: Change
  base: unknown
  /** As it is now; undefined: it is not there. */
  theirs: unknown
  /** As was wanted; undefined: not there. */
  mine: unknown
  /** Which fields of the row are meant; empty: all of it. */
  fields: string[]
  why: string
}

export function pend(plan: Plan, change: Change): Pending {
  return { change, base: valueAt(plan, change.part), place: placeAt(plan, change.part) }
}

/** Add a change; writing the same part twice in a row is one writing. */
export function queued(queue: readonly Pending[], next: Pending): Pending[] {
  const last = queue.at(-1)
  const { change } = next
  if (last?.change.op !== 'set' || change.op !== 'set' || last.change.part !== change.part || change.after != null) {
    return [...queue, next]
  }
  const joined: Pending = { ...last, change: { ...last.change, value: change.value } }
  return [...queue.slice(0, -1), joined]
}

export interface Rebased {
  queue: Pending[]
  troubles: Trouble[]
}

/** Lay changes on a newer plan: what others changed besides is kept, what they changed too is told. */
export function rebased(queue: readonly Pending[], plan: Plan): Rebased {
  const found: Rebased = { queue: [], troubles: [] }
  const touched = new Set<string>()
  for (const one of queue) {
    const { part } = one.change
    // What comes after my own change of a part is seen from there.
    if (touched.has(part)) found.queue.push(one)
    else lay(one, plan, found)
    touched.add(part)
  }
  return found
}

function lay(one: Pending, plan: Plan, found: Rebased): void {
  const { change, base } = one
  const now = valueAt(plan, change.part)
  if (change.op === 'move') {
    const moved = one.place !== '' && placeAt(plan, change.part) !== one.place
    if (now === undefined || moved) found.troubles.push(troubled(one, plan, 'conflict'))
    else found.queue.push(one)
    return
  }
  if (same(base, now)) {
    found.queue.push(one)
    return
  }
  if (change.op === 'remove') {
    // Gone already: both wanted it.
    if (now !== undefined) found.troubles.push(troubled(one, plan, 'conflict'))
    return
  }
  if (same(change.value, now)) return
  const { value, clashing } = merged(base, now, change.value)
  if (isFields(base) && isFields(now) && clashing.length === 0) {
    found.queue.push({ change: { ...change, value }, base: now, place: placeAt(plan, change.part) })
  } else found.troubles.push({ ...troubled(one, plan, 'conflict'), fields: clashing })
}

/** A change that is not written, seen beside the plan as it is. */
export function troubled(one: Pending, plan: Plan, kind: Trouble['kind'], why = ''): Trouble {
  const { change, base } = one
  const theirs = valueAt(plan, change.part)
  const mine = change.op === 'set' ? change.value : change.op === 'remove' ? undefined : theirs
  const fields = change.op === 'set' && isFields(mine) && isFields(theirs) ? differing(theirs, mine) : []
  return { part: change.part, kind, change, base, theirs, mine, fields, why }
}

type Values = Record<string, unknown>

function isFields(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Two writings of a row made one, and the fields that both changed, each otherwise. */
export function merged(base: unknown, theirs: unknown, mine: unknown): { value: unknown; clashing: string[] } {
  if (!isFields(base) || !isFields(theirs) || !isFields(mine)) return { value: mine, clashing: [] }
  const value: Values = { ...theirs }
  const clashing: string[] = []
  for (const [name, wanted] of Object.entries(mine)) {
    if (same(wanted, base[name])) continue
    if (!same(theirs[name], base[name]) && !same(theirs[name], wanted)) clashing.push(name)
    value[name] = wanted
  }
  return { value, clashing }
}

export function differing(one: Values, other: Values): string[] {
  return Object.keys({ ...one, ...other }).filter((name) => !same(one[name], other[name]))
}

/** What writes the wanted text of a trouble all the same; null: there is nothing left to write. */
export function insisted(trouble: Trouble, plan: Plan): Change | null {
  const { change } = trouble
  const now = valueAt(plan, change.part)
  if (change.op !== 'set') return now === undefined ? null : change
  if (rowAt(change.part) === null || now === undefined) return change
  // What others changed in other fields of the row stays.
  const { value } = merged(trouble.base, now, change.value)
  return { op: 'set', part: change.part, value }
}
