/** A plan in parts, and what changes make of it, as the office does it. Pure. */

import type { Change, Fields, Header, Plan, RowOf, Section } from './types'

export const SECTIONS: readonly Section[] = ['participants', 'cues', 'tasks', 'cases', 'papers', 'standins']

/** A row's table and id; null: a field of the header. */
export function rowAt(part: string): { section: Section; id: string } | null {
  const cut = part.indexOf('/')
  const section = part.slice(0, cut) as Section
  return SECTIONS.includes(section) ? { section, id: part.slice(cut + 1) } : null
}

/** What is written of a row. */
export function fieldsOf<S extends Section>(row: RowOf<S>): Fields<S> {
  const { id: _id, place: _place, ...fields } = row
  return fields as Fields<S>
}

/** The value of a part: a header's field, or a row's fields; undefined: there is none. */
export function valueAt(plan: Plan, part: string): unknown {
  const at = rowAt(part)
  if (at === null) return plan.header[part.slice('header/'.length) as keyof Header]
  const row = rows(plan, at.section).find(({ id }) => id === at.id)
  return row && fieldsOf(row as RowOf<Section>)
}

/** Where a row stands: the office's mark, "" where it has none yet. */
export function placeAt(plan: Plan, part: string): string {
  const at = rowAt(part)
  return (at && rows(plan, at.section).find(({ id }) => id === at.id)?.place) ?? ''
}

/** After which row of its table a row stands; null: first, undefined: it is not there. */
export function before(plan: Plan, part: string): string | null | undefined {
  const at = rowAt(part)
  if (at === null) return undefined
  const table = rows(plan, at.section)
  const index = table.findIndex(({ id }) => id === at.id)
  return index < 0 ? undefined : (table[index - 1]?.id ?? null)
}

function rows(plan: Plan, section: Section): readonly { id: string; place: string }[] {
  return plan[section]
}

/** The plan after a change. A row that moves or is new has no place until the office gives it one. */
export function applied(plan: Plan, change: Change): Plan {
  const at = rowAt(change.part)
  if (at === null) {
    if (change.op !== 'set') return plan
    return { ...plan, header: { ...plan.header, [change.part.slice('header/'.length)]: change.value } }
  }
  const table = rows(plan, at.section)
  const old = table.find(({ id }) => id === at.id)
  if (change.op === 'remove') return { ...plan, [at.section]: table.filter((row) => row !== old) }
  if (change.op === 'move') return old ? { ...plan, [at.section]: stood(table, { ...old, place: '' }, change.after) } : plan
  if (old && change.after == null) {
    const row = { ...old, ...(change.value as object) }
    return { ...plan, [at.section]: table.map((one) => (one === old ? row : one)) }
  }
  const fresh = { id: at.id, place: '', ...(change.value as object) }
  return { ...plan, [at.section]: stood(table, fresh, change.after ?? table.at(-1)?.id ?? null) }
}

function stood(table: readonly { id: string; place: string }[], row: { id: string; place: string }, after: string | null) {
  const others = table.filter(({ id }) => id !== row.id)
  const index = after === null ? 0 : others.findIndex(({ id }) => id === after) + 1
  return [...others.slice(0, index), row, ...others.slice(index)]
}

/** What takes a change back, in order; empty where there is nothing to take back. */
export function inverse(plan: Plan, change: Change): Change[] {
  const { part } = change
  const old = valueAt(plan, part)
  const after = before(plan, part) ?? null
  if (old === undefined) return change.op === 'set' ? [{ op: 'remove', part }] : []
  if (change.op === 'move') return [{ op: 'move', part, after }]
  if (change.op === 'set') return [{ op: 'set', part, value: old }]
  // A new row goes to the end unless it is told after which one.
  return after === null
    ? [{ op: 'set', part, value: old }, { op: 'move', part, after }]
    : [{ op: 'set', part, value: old, after }]
}

/** Whether two values are the same content. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]))
  )
}
