/** A part's value as a person reads it: names of units, words of roles, dates as an office writes them. */

import { useI18n } from 'vue-i18n'

import type { Trouble } from './pending'
import type { Ballot, Due, Turn } from './types'
import { dayTime } from './words'
import { usePlanPage } from './usePlan'

export interface Pair {
  field: string
  word: string
  mine: string
  theirs: string
}

const ROLES = new Set(['chair', 'secretary', 'reporting', 'listening', 'observing'])

export function useValueWords() {
  const { t, te, locale } = useI18n()
  const { plan, rules, unitName } = usePlanPage()

  function ruled(list: 'kinds' | 'parties' | 'cases', key: string): string {
    const found = rules.value?.[list].find((one) => one.key === key)
    return (locale.value === 'en' ? found?.name_en : found?.name) ?? key
  }

  function turn({ unit, guest, speaker, minutes }: Turn): string {
    const who = guest ? (plan.value?.participants.find(({ id }) => id === guest)?.name ?? guest) : unit ? unitName(unit) : ''
    const named = [speaker, who].filter(Boolean).join(', ')
    return minutes === null ? named : t('plan.turnWord', { who: named, n: minutes })
  }

  function due({ days, at, until, at_latest: latest }: Due): string {
    const hours = [at, until].filter(Boolean).join(' – ')
    return [t('plan.dueDays', { n: days }), hours, latest ? t('plan.dueLatest') : ''].filter(Boolean).join(', ')
  }

  function ballot({ question, answers, delegations }: Ballot): string {
    return [question, answers.join(' / '), delegations.map(unitName).join(', ')].filter(Boolean).join('\n')
  }

  /** The value of a field of a table ("" for the header) as text. */
  function text(section: string, field: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return t('plan.nothing')
    if (typeof value === 'boolean') return t(value ? 'plan.yes' : 'plan.no')
    if (Array.isArray(value)) {
      if (value.length === 0) return t('plan.nothing')
      if (field === 'turns') return (value as Turn[]).map(turn).join('\n')
      return value.map((one) => text(section, `${field}[]`, one)).join(', ')
    }
    if (typeof value === 'object') {
      if (field === 'due') return due(value as Due)
      if (field === 'ballot') return ballot(value as Ballot)
      return JSON.stringify(value)
    }
    return plain(section, field, String(value))
  }

  function plain(section: string, field: string, value: string): string {
    if (field === 'starts') return dayTime(value)
    if (field === 'host' || field === 'unit' || field === 'units[]') return unitName(value)
    if (field === 'role' && ROLES.has(value)) return t(`plan.role.${value}`)
    if (field === 'layout') return rules.value?.layouts[value] ?? (value === 'auto' ? t('plan.layoutAuto') : value)
    if (section === 'cues' && field === 'kind') return t(`plan.cueKind.${value}`)
    if (section === 'participants' && field === 'kind') return t(`plan.pickKind.${value}`)
    if (section === 'header' && field === 'kind') return ruled('kinds', value)
    if (field === 'parties[]' || field === 'call[]') return ruled('parties', value)
    if (field === 'case') return ruled('cases', value)
    if (field === 'phase') return t(`plan.phase.${value}`)
    if (field === 'level' || field === 'split_level') return te(`level.${value}`) ? t(`level.${value}`) : value
    if (field === 'minutes' || field === 'turn_minutes') return t('plan.minutesWord', { n: value })
    return value
  }

  /** What a field of a table is called. */
  function field(section: string, name: string): string {
    const own = `plan.field.${section}_${name}`
    if (te(own)) return t(own)
    return te(`plan.field.${name}`) ? t(`plan.field.${name}`) : name
  }

  /** Both texts of a change that was not written, field by field. */
  function pairs(trouble: Trouble): Pair[] {
    const [section = '', name = ''] = trouble.part.split('/')
    if (trouble.change.op === 'move') return []
    if (section === 'header') {
      const both = [text('header', name, trouble.mine), text('header', name, trouble.theirs)] as const
      return [{ field: name, word: '', mine: both[0], theirs: both[1] }]
    }
    const [mine, theirs] = [trouble.mine, trouble.theirs] as (Record<string, unknown> | undefined)[]
    if (!mine || !theirs) {
      const whole = (values: Record<string, unknown> | undefined) => (values ? row(section, values) : t('plan.removed'))
      return [{ field: '', word: '', mine: whole(mine), theirs: whole(theirs) }]
    }
    return trouble.fields.map((one) => ({
      field: one,
      word: field(section, one),
      mine: text(section, one, mine[one]),
      theirs: text(section, one, theirs[one]),
    }))
  }

  /** A whole row, its filled fields one a line. */
  function row(section: string, values: Record<string, unknown>): string {
    return Object.entries(values)
      .filter(([, value]) => !(value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0)))
      .map(([name, value]) => `${field(section, name)}: ${text(section, name, value)}`)
      .join('\n')
  }

  return { text, field, row, pairs }
}
