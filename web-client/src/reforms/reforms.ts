/** Reforms of units as the office's API gives them: looked at, applied, taken back. */

import { OfficeError } from '../device/office'

export interface NamedUnit {
  id: string
  code: string
  name: string
}

export interface Passage {
  unit: NamedUnit
  others: NamedUnit[]
}

export interface Changed {
  before: NamedUnit
  after: NamedUnit
}

export interface Moved {
  unit: NamedUnit
  before: string
  after: string
}

export interface LeftSite {
  site: string
  place: string
  unit: NamedUnit
}

/** What a reform does by name; `number` is null for a look at it. */
export interface Reform {
  number: number | null
  revision: number
  day: string
  act: string
  new: Passage[]
  gone: Passage[]
  renamed: Changed[]
  recoded: Changed[]
  moved: Moved[]
  merged: Passage[]
  split: Passage[]
  left_sites: LeftSite[]
}

export interface AppliedReform {
  number: number
  day: string
  act: string
  file: string
  at: string
  undone_at: string | null
}

export interface BadLine {
  line: number
  code: string
  detail: string
}

/** The office's refusal of a table or of taking one back. */
export class ReformError extends OfficeError {
  constructor(
    status: number,
    readonly lines: readonly BadLine[],
    /** Sentences: what was built on a reform. */
    readonly reasons: readonly string[],
  ) {
    super(status, '')
  }
}

export interface Order {
  table: File
  day: string
  act: string
}

/** Look at a table, or with the revision that was looked at, do what it says. */
export function reform({ table, day, act }: Order, apply: number | null): Promise<Reform> {
  const query = new URLSearchParams({ on: day, act, file: table.name.slice(0, 255) })
  if (apply !== null) {
    query.set('dry_run', 'false')
    query.set('revision', String(apply))
  }
  return call<Reform>(`/reforms?${query.toString()}`, { method: 'POST', body: table, headers: { 'content-type': 'text/csv' } })
}

export function fetchReforms(): Promise<AppliedReform[]> {
  return call('/reforms', {})
}

export function takeBack(number: number): Promise<AppliedReform> {
  const headers = { 'content-type': 'application/json' }
  return call(`/reforms/${number}/undo`, { method: 'POST', headers, body: JSON.stringify({ number }) })
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(`/api/v1${path}`, { cache: 'no-store', ...init })
  } catch {
    throw new ReformError(0, [], [])
  }
  if (answer.ok) return (await answer.json()) as T
  const said = (await answer.json().catch(() => ({}))) as { lines?: BadLine[]; errors?: string[] }
  throw new ReformError(answer.status, said.lines ?? [], said.errors ?? [])
}

export type Part = 'new' | 'gone' | 'renamed' | 'recoded' | 'moved' | 'merged' | 'split' | 'left_sites'

export const PARTS: readonly Part[] = ['left_sites', 'new', 'gone', 'merged', 'split', 'renamed', 'recoded', 'moved']

/** A line of a part of a report: who, and what becomes of it. */
export interface Line {
  key: string
  who: string
  becomes: string
}

/** The lines of a part, each unit with its code. */
export function linesOf(reform: Reform, part: Part): Line[] {
  switch (part) {
    case 'new':
    case 'merged':
    case 'gone':
    case 'split':
      return reform[part].map(({ unit, others }) => ({ key: unit.id, who: named(unit), becomes: others.map(named).join(', ') }))
    case 'renamed':
      return reform.renamed.map(({ before, after }) => ({ key: after.id, who: before.name, becomes: after.name }))
    case 'recoded':
      return reform.recoded.map(({ before, after }) => ({ key: after.id, who: `${after.name}, ${before.code}`, becomes: after.code }))
    case 'moved':
      return reform.moved.map(({ unit, before, after }) => ({ key: unit.id, who: `${unit.name}, ${before}`, becomes: after }))
    case 'left_sites':
      return reform.left_sites.map(({ site, place, unit }) => ({ key: site, who: `${unit.name} (${site})`, becomes: place }))
  }
}

function named({ name, code }: NamedUnit): string {
  return code ? `${name} (${code})` : name
}
