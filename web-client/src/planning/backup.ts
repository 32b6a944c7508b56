/** The backup plan: loads in words, who stands in, which cases are named. Pure. */

import type { Case, FailureCase, Fields } from './types'
import type { McuForecast } from './types.beside'

const MEGA = 1_000_000

/** Megabits a second as a table shows them: 12.3, 190. */
export function megabits(bps: number): number {
  const rate = bps / MEGA
  return rate < 100 ? Math.round(rate * 10) / 10 : Math.round(rate)
}

/** How much of something is used, in whole percent, never 0 where there is any. */
export function share(used: number, has: number): number {
  return used > 0 ? Math.max(1, Math.round((100 * used) / has)) : 0
}

/** Those who may still be chosen to stand in for an MCU. */
export function standInChoices(mcus: readonly McuForecast[], lost: string, chosen: readonly string[]): McuForecast[] {
  return mcus.filter(({ name }) => name !== lost && !chosen.includes(name))
}

/** The list with one moved up by one place. */
export function raised(names: readonly string[], name: string): string[] {
  const at = names.indexOf(name)
  if (at <= 0) return [...names]
  return [...names.slice(0, at - 1), name, names[at - 1]!, ...names.slice(at + 1)]
}

/** The cases that the rules know and no row names. */
export function unnamedCases(known: readonly FailureCase[], cases: readonly Case[]): FailureCase[] {
  const named = new Set(cases.map((one) => one.case))
  return known.filter(({ key }) => !named.has(key))
}

/** A new row for a case, or ("") for one of one's own. */
export function caseOf(known: FailureCase | null): Fields<'cases'> {
  const trigger = known?.name ?? ''
  return { case: known?.key ?? '', trigger, action: '', within: '', who: '', decides: '', call: [], announce: '' }
}
