/** The responsibility table: tasks to begin with, when they are due, how that is written. Pure. */

import type { Due, Fields, ModelDuty, Phase, Task } from './types'
import type { Duty } from './types.beside'

export const PHASES: readonly Phase[] = ['before', 'during', 'after']

/** Those of the model that no task says yet. */
export function missingDuties(models: readonly ModelDuty[], tasks: readonly Task[]): ModelDuty[] {
  const said = new Set(tasks.map(({ phase, text }) => `${phase} ${text}`))
  return models.filter(({ phase, name }) => !said.has(`${phase} ${name}`))
}

/** A task of the model, for a meeting that opens at a local moment ("2024-01-25T08:00:00"). */
export function taskOf(model: ModelDuty, starts: string | null): Fields<'tasks'> {
  const { phase, name: text, parties, who } = model
  return { phase, text, parties: [...parties], units: [], who, due: dueOf(model, starts) }
}

function dueOf({ days, minutes, at_latest }: ModelDuty, starts: string | null): Due | null {
  if (days !== null) return { days, at: null, until: null, at_latest }
  if (minutes === null || starts === null) return null
  const [hour, minute] = starts.slice(11, 16).split(':').map(Number) as [number, number]
  const at = hour * 60 + minute - minutes
  return at < 0 ? null : { days: 0, at: clock(at), until: null, at_latest }
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

/** When a duty is due, its hours above its day: "07:15 – 07:40", "24/01/2024"; none where no day is said. */
export function dueLines({ day, begins, ends }: Duty): string[] {
  if (day === null) return []
  const hours = [begins, ends].filter((one) => one !== null).map((one) => one.slice(11, 16))
  const [year, month, date] = day.split('-')
  return [hours.join(' – '), `${date}/${month}/${year}`].filter(Boolean)
}

/** A moment with a zone as its office reads it: "16:00 22/01/2024". */
export function momentWords(at: string): string {
  const [year, month, day] = at.slice(0, 10).split('-')
  return `${at.slice(11, 16)} ${day}/${month}/${year}`
}

/** A list with a key put in or taken out. */
export function toggled(keys: readonly string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key]
}
