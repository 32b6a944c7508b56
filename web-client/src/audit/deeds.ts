/** The audit log as the office's API tells it, and how its words are read. */

export type Verdict = 'done' | 'refused' | 'failed'

export interface Deed {
  at: string
  who: string
  name: string
  address: string
  page: string
  action: string
  on: string
  verdict: Verdict
  outcome: string
  more: Record<string, string>
  chain: string
  row: number
  hash: string
  process: string
}

export interface DeedPage {
  deeds: Deed[]
  next: string | null
}

export interface Standing {
  stands: boolean
  at: string
  chains: number
  rows: number
  checkpoints: number
  findings: string[]
}

export interface Chain {
  chain: string
  process: string
  begun: string
  last: number
  signed: string | null
  cut: string | null
  key: string
}

/** What is asked; empty texts ask for nothing. Moments as they are typed. */
export interface Filters {
  since: string
  until: string
  who: string
  action: string
  on: string
  outcome: '' | Verdict
}

export const NO_FILTERS: Readonly<Filters> = {
  since: '',
  until: '',
  who: '',
  action: '',
  on: '',
  outcome: '',
}

/** Vietnam has had one offset, and no other one in summer, since 1975. */
const OFFSET = '+07:00'
const ZONE = 'Asia/Ho_Chi_Minh'

/** The query of a request, without what is empty. */
export function queryOf(filters: Readonly<Filters>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) {
    const text = value.trim()
    if (text) query.set(name, name === 'since' || name === 'until' ? instantOf(text) : text)
  }
  return query
}

/** How a moment is typed: 25/01/2024, or 25/01/2024 07:00. */
export const TYPED = '\\s*\\d{1,2}/\\d{1,2}/\\d{4}(\\s+\\d{1,2}:\\d{2})?\\s*'

/** What `25/01/2024 07:00` means: the clock on the wall in Vietnam; a day alone begins at 00:00. */
export function instantOf(typed: string): string {
  const [day = '', time = '00:00'] = typed.trim().split(/\s+/)
  const [date = '', month = '', year = ''] = day.split('/')
  const [hour = '', minute = ''] = time.split(':')
  const two = (part: string): string => part.padStart(2, '0')
  return `${year}-${two(month)}-${two(date)}T${two(hour)}:${two(minute)}:00${OFFSET}`
}

export interface Moment {
  day: string
  time: string
}

/** A moment as an office in Vietnam writes it: 25/01/2024 and 07:00:11. */
export function momentOf(iso: string): Moment {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(iso))
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return {
    day: `${part('day')}/${part('month')}/${part('year')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
  }
}

export interface Thing {
  /** `site`, `account`, `meeting` and so on; empty: of no kind. */
  kind: string
  id: string
}

/** What an id names: `site:573` is the site 573. */
export function thingOf(id: string): Thing {
  const colon = id.indexOf(':')
  return colon > 0 && !id.startsWith('/')
    ? { kind: id.slice(0, colon), id: id.slice(colon + 1) }
    : { kind: '', id }
}

/** A dotted word as a key of the dictionary: `live.mute_all` → `live_mute_all`. */
export function wordKey(dotted: string): string {
  return dotted.replaceAll('.', '_').replaceAll(':', '_')
}

/** The dictionary's keys for a deed, the most exact first: `live.mic` is on or off. */
export function deedKeys(action: string, more: Readonly<Record<string, string>>): string[] {
  const general = `action.${wordKey(action)}`
  const told = more['do']
  if (!told) return [general]
  const way = more['open'] ?? more['on'] ?? more['up']
  return [...(way ? [`do.${told}_${way}`] : []), `do.${told}`, general]
}
