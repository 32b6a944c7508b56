/** Who the lines of the list of participants invite. Pure. */

import type { Fields, Pick, Role } from './types'

export interface PickedUnit {
  id: string
  level: string
  /** Ids of the units above it. */
  above: readonly string[]
}

/** The role in which a unit takes part, by the line that decides; null: it is not invited. */
export function roleOf(picks: readonly Pick[], unit: PickedUnit): Role | null {
  const single = picks.find((pick) => pick.kind === 'unit' && pick.unit === unit.id)
  return (single ?? picks.find((pick) => invites(pick, unit)))?.role ?? null
}

/** Whether a line picks a unit, by itself or among others. */
export function invites(pick: Pick, unit: PickedUnit): boolean {
  switch (pick.kind) {
    case 'unit':
      return pick.unit === unit.id
    case 'level':
      return pick.level === unit.level
    case 'subtree':
      return pick.unit === unit.id || unit.above.includes(pick.unit)
    case 'guest':
      return false
  }
}

/** The line that already picks just this, if there is one. */
export function twin(picks: readonly Pick[], line: Fields<'participants'>): Pick | null {
  if (line.kind === 'guest') return null
  return picks.find((pick) => pick.kind === line.kind && pick.unit === line.unit && pick.level === line.level) ?? null
}

export function line(fields: Partial<Fields<'participants'>> & { kind: Pick['kind'] }): Fields<'participants'> {
  return { level: '', unit: '', name: '', role: 'listening', ...fields }
}
